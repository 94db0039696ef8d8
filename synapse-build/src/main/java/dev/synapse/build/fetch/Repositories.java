package dev.synapse.build.fetch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/// Names of repositories, and the addresses they stand for on this machine.
///
/// A name is looked for in this order, and the first place that knows it decides alone, so that a
/// company's mirror never falls through to the outside: what was given on the command line; the
/// variable `SYNAPSE_REPOSITORY_<NAME>`; `repositories.toml` in the configuration folder; what the
/// host's own tools are set up with ([MavenSettings] for `central`, [AptSources] for `debian` and
/// `debian-security`).
///
/// An address is an http, https or file URL, or the absolute path of a folder. Thread-safe.
public final class Repositories {
  /// The repository Maven itself is set up with.
  public static final String CENTRAL = "central";

  /// The main archive of Debian.
  public static final String DEBIAN = "debian";

  /// The archive of Debian's security updates.
  public static final String DEBIAN_SECURITY = "debian-security";

  /// The service that keeps every version of every Debian package; only known by configuration.
  public static final String DEBIAN_SNAPSHOT = "debian-snapshot";

  private static final String FILE_NAME = "repositories.toml";
  private static final String OPTION = "--repository NAME=URL";

  private final Map<String, List<URI>> given;
  private final Optional<Host> host;
  private final Map<String, List<URI>> found = new ConcurrentHashMap<>();

  private Repositories(Map<String, List<URI>> given, Optional<Host> host) {
    this.given = given;
    this.host = host;
  }

  /// Just these, and nothing of the host.
  public static Repositories of(Map<String, List<URI>> bases) {
    var copy = new LinkedHashMap<String, List<URI>>();
    bases.forEach((name, list) -> copy.put(name, list.stream().map(Repositories::folder).toList()));
    return new Repositories(copy, Optional.empty());
  }

  /// Those given as `NAME=URL` on the command line, and those the host knows.
  ///
  /// @throws FetchException when one of them is not of that form
  public static Repositories find(List<String> options, Host host) throws FetchException {
    requireNonNull(host, "host");
    var given = new LinkedHashMap<String, List<URI>>();
    for (String option : options) {
      given
          .computeIfAbsent(nameIn(option), _ -> new ArrayList<>())
          .add(parse(nameIn(option), addressIn(option), OPTION));
    }
    return new Repositories(given, Optional.of(host));
  }

  /// Checks one of those options as far as it can be done without fetching anything.
  ///
  /// @throws FetchException when it is not `NAME=URL`, or names a folder that is not there
  public static void requireSound(String option) throws FetchException {
    if (option.indexOf('=') < 1) {
      throw new FetchException(new FetchProblem.BadOption(option));
    }
    URI base = parse(nameIn(option), addressIn(option), OPTION);
    if ("file".equalsIgnoreCase(base.getScheme()) && !Files.isDirectory(Path.of(base))) {
      throw new FetchException(new FetchProblem.NoFolder(nameIn(option), Path.of(base)));
    }
  }

  private static String nameIn(String option) {
    return option.substring(0, Math.max(0, option.indexOf('=')));
  }

  private static String addressIn(String option) {
    return option.substring(option.indexOf('=') + 1);
  }

  /// The base addresses of a repository, each ending in a slash, the preferred one first.
  ///
  /// @throws FetchException when nothing tells any
  public List<URI> bases(String name) throws FetchException {
    List<URI> known = found.get(name);
    if (known == null) {
      known = List.copyOf(look(name));
      found.put(name, known);
    }
    return known;
  }

  /// Whether an address is known for a repository.
  ///
  /// @throws FetchException when what tells it cannot be understood
  public boolean knows(String name) throws FetchException {
    try {
      return !bases(name).isEmpty();
    } catch (FetchException e) {
      if (e.problem() instanceof FetchProblem.NoRepository) {
        return false;
      }
      throw e;
    }
  }

  /// Every address where a file may be.
  ///
  /// @throws FetchException when the repository is unknown or the path would leave it
  public List<URI> addresses(Origin origin) throws FetchException {
    return switch (origin) {
      case Origin.Addresses(var addresses) -> addresses;
      case Origin.InRepository(var repository, var path) -> {
        String below = encode(path);
        yield bases(repository).stream().map(base -> URI.create(base + below)).toList();
      }
    };
  }

  /// The environment variable that gives the address of a repository.
  static String variableOf(String name) {
    return "SYNAPSE_REPOSITORY_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  private List<URI> look(String name) throws FetchException {
    List<URI> own = given.get(name);
    if (own != null) {
      return own;
    }
    var lookedAt = new ArrayList<String>();
    if (host.isPresent()) {
      List<URI> bases = lookOn(host.get(), name, lookedAt);
      if (!bases.isEmpty()) {
        return bases;
      }
    }
    throw new FetchException(new FetchProblem.NoRepository(name, lookedAt));
  }

  private static List<URI> lookOn(Host host, String name, List<String> lookedAt)
      throws FetchException {
    String variable = variableOf(name);
    String value = host.environment().getOrDefault(variable, "").strip();
    if (!value.isEmpty()) {
      var bases = new ArrayList<URI>();
      for (String address : value.split("\\s+", -1)) {
        bases.add(parse(name, address, "the environment variable " + variable));
      }
      return bases;
    }
    Path file = host.configuration().resolve(FILE_NAME);
    lookedAt.add("'" + file + "'");
    List<URI> configured = configured(file, name);
    if (!configured.isEmpty()) {
      return configured;
    }
    return switch (name) {
      case CENTRAL -> new MavenSettings(host).central(lookedAt);
      case DEBIAN -> new AptSources(host).main(lookedAt);
      case DEBIAN_SECURITY -> new AptSources(host).security(lookedAt);
      default -> List.of();
    };
  }

  private static List<URI> configured(Path file, String name) throws FetchException {
    if (!Files.exists(file)) {
      return List.of();
    }
    TomlParseResult table = table(file);
    String place = "'" + file + "'";
    return switch (table.get(List.of(name))) {
      case null -> List.of();
      case String address -> List.of(parse(name, address, place));
      case TomlArray array -> {
        var bases = new ArrayList<URI>();
        for (Object entry : array.toList()) {
          bases.add(parse(name, String.valueOf(entry), place));
        }
        yield bases;
      }
      case Object other ->
          throw new FetchException(new FetchProblem.BadAddress(name, String.valueOf(other), place));
    };
  }

  private static TomlParseResult table(Path file) throws FetchException {
    TomlParseResult table;
    try {
      table = Toml.parse(file);
    } catch (IOException e) {
      throw new FetchException(new FetchProblem.BadConfiguration(file, reason(e)));
    }
    if (table.hasErrors()) {
      var first = table.errors().getFirst();
      throw new FetchException(
          new FetchProblem.BadConfiguration(
              file, "line %d: %s".formatted(first.position().line(), first.getMessage())));
    }
    return table;
  }

  /// A base address from what a user or a tool's configuration says.
  static URI parse(String name, String text, String place) throws FetchException {
    try {
      if (text.startsWith("/")) {
        return folder(Path.of(text).toUri());
      }
      Optional<URI> base = base(new URI(text));
      if (base.isPresent()) {
        return folder(base.get());
      }
    } catch (URISyntaxException | IllegalArgumentException _) {
      // falls to the refusal below, which shows the text
    }
    throw new FetchException(new FetchProblem.BadAddress(name, text, place));
  }

  private static Optional<URI> base(URI address) {
    if (address.getQuery() != null || address.getFragment() != null) {
      return Optional.empty();
    }
    return switch (String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT)) {
      case "http", "https" -> Optional.of(address).filter(web -> web.getHost() != null);
      case "file" -> Optional.ofNullable(address.getPath()).map(path -> Path.of(path).toUri());
      default -> Optional.empty();
    };
  }

  private static URI folder(URI base) {
    return base.toString().endsWith("/") ? base : URI.create(base + "/");
  }

  /// A path below a base, with what a URL cannot hold escaped. Debian's paths hold `+`, `~` and, in
  /// an epoch, `%3a`, which is part of the file's name.
  private static String encode(String path) throws FetchException {
    if (!isBelow(path)) {
      throw new FetchException(new FetchProblem.BadPath(path));
    }
    try {
      return new URI(null, null, "/" + path, null).toASCIIString().substring(1);
    } catch (URISyntaxException _) {
      throw new FetchException(new FetchProblem.BadPath(path));
    }
  }

  private static boolean isBelow(String path) {
    return path.indexOf('\\') < 0
        && path.chars().noneMatch(c -> c < ' ')
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals("..") || part.equals("."));
  }

  static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
