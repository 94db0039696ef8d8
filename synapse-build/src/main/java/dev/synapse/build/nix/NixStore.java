package dev.synapse.build.nix;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A store in which real Nix builds, as Nix's own option `--store` names it.
///
/// @param address as the user wrote it
/// @param base what stands before the `?`
/// @param settings what stands behind it, by name
/// @param reach how Nix there is told what to do
public record NixStore(String address, String base, Map<String, String> settings, Reach reach) {
  /// How a Nix is told its options.
  public enum Reach {
    /// The one that is started here builds itself.
    HERE,
    /// A daemon of this machine takes those of a client whom it trusts.
    DAEMON,
    /// One that is started on another machine takes those it is started with. The protocol itself
    /// carries none.
    SSH
  }

  private static final String OBJECTS = "/nix/store";
  private static final String PROGRAM = "remote-program";
  private static final String NEW = "ssh-ng://";
  private static final String OLD = "ssh://";
  private static final String UNIX = "unix://";
  private static final int FIRST_BEYOND_ASCII = 0x80;

  /// Keeps the order of the settings.
  public NixStore {
    settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// Reads an address: a folder, `local`, `daemon`, `auto`, or one with a scheme.
  ///
  /// `ssh://` is taken as `ssh-ng://`: with the older protocol Nix builds only through its build
  /// hook, to which no sandbox paths can be given.
  ///
  /// @param folder what a relative folder is relative to
  /// @throws NixException when Nix builds in no such store
  public static NixStore parse(String address, Path folder) throws NixException {
    String[] parts = address.split("\\?", 2);
    String base = parts[0];
    Map<String, String> settings = parts.length == 1 ? Map.of() : settings(address, parts[1]);
    if (base.equals("local")) {
      return new NixStore(address, base, settings, Reach.HERE);
    }
    if (isDaemon(base)) {
      return new NixStore(address, base, settings, Reach.DAEMON);
    }
    Optional<String> machine = machine(base);
    if (machine.isPresent()) {
      requireNewerProgram(address, base, settings);
      return new NixStore(address, NEW + machine.get(), settings, Reach.SSH);
    }
    if (address.isEmpty() || base.contains("://") || parts.length > 1) {
      throw new NixException(new NixProblem.NotABuilder(address));
    }
    return in(address, folder.resolve(address).toAbsolutePath().normalize());
  }

  private static boolean isDaemon(String base) {
    return base.equals("daemon") || base.equals("auto") || base.startsWith(UNIX);
  }

  /// A program that was named for the older protocol does not speak the newer one.
  private static void requireNewerProgram(String address, String base, Map<String, String> settings)
      throws NixException {
    if (base.startsWith(OLD) && settings.containsKey(PROGRAM)) {
      throw new NixException(new NixProblem.OlderProgram(address));
    }
  }

  /// The machine that is reached by SSH, if one is.
  private static Optional<String> machine(String base) {
    return Stream.of(NEW, OLD)
        .filter(base::startsWith)
        .map(scheme -> base.substring(scheme.length()))
        .filter(machine -> !machine.isEmpty())
        .findFirst();
  }

  /// A store of its own in a folder: it needs neither root nor a daemon.
  public static NixStore in(Path root) {
    return in(root.toString(), root);
  }

  private static NixStore in(String address, Path root) {
    return new NixStore(address, "local", Map.of("root", root.toString()), Reach.HERE);
  }

  private static Map<String, String> settings(String address, String text) throws NixException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String each : text.split("&", -1)) {
      int equals = each.indexOf('=');
      if (equals <= 0) {
        throw new NixException(new NixProblem.NotABuilder(address));
      }
      try {
        // A plus stands for itself, as for Nix.
        String value = each.substring(equals + 1).replace("+", "%2B");
        settings.put(each.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException _) {
        throw new NixException(new NixProblem.NotABuilder(address));
      }
    }
    return settings;
  }

  /// Where `/nix/store` lies on the machine that builds.
  ///
  /// @throws NixException when the setting `remote-store` names no store
  public String objects() throws NixException {
    if (reach == Reach.SSH) {
      String remote = settings.getOrDefault("remote-store", "");
      return remote.isEmpty() ? OBJECTS : parse(remote, Path.of("/")).objects();
    }
    String real = settings.getOrDefault("real", "");
    if (!real.isEmpty()) {
      return real;
    }
    String root = settings.getOrDefault("root", "");
    return (root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + OBJECTS;
  }

  /// Whether the Nix that is started here builds in a folder of its user's own: root needs no other
  /// users to build as there.
  boolean isPrivate() {
    return reach == Reach.HERE && (settings.containsKey("root") || settings.containsKey("real"));
  }

  /// The address for Nix's option `--store`, with what the Nix that is started there has to be
  /// told.
  ///
  /// @param options words for a Nix on another machine
  String toUrl(List<String> options) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    if (reach == Reach.SSH) {
      all.put(
          PROGRAM, settings.getOrDefault(PROGRAM, "nix-daemon") + " " + String.join(" ", options));
    }
    if (all.isEmpty()) {
      return base;
    }
    return all.entrySet().stream()
        .map(each -> each.getKey() + "=" + encoded(each.getValue()))
        .collect(Collectors.joining("&", base + "?", ""));
  }

  /// Everything but letters, digits and a few signs as `%XX`, one for each byte.
  static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) Byte.toUnsignedInt(each);
      if (c < FIRST_BEYOND_ASCII && (Character.isLetterOrDigit(c) || "/._-".indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
      }
    }
    return encoded.toString();
  }
}
