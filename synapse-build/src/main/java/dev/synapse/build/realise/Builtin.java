package dev.synapse.build.realise;

import dev.synapse.build.archive.TarReader;
import dev.synapse.build.archive.TreeWriter;
import dev.synapse.build.archive.TreeWriter.Links;
import dev.synapse.build.fetch.Fetched;
import dev.synapse.build.fetch.Origin;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.nar.Nar;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/// A builder that is no program but part of the builder of builders, as Nix has them: named
/// `builtin:` and something. It runs in this process, not in a sandbox, and reads nothing but what
/// the derivation's inputs hold and, for a fetch, what its hash decides on.
enum Builtin {
  /// `url` becomes `out`: as it is, as a program if `executable` is `1`, or, if `unpack` is `1`,
  /// what the Nix archive at it holds, which may be compressed with xz.
  FETCHURL("fetchurl") {
    @Override
    void run(Job job) throws Failure, IOException, InterruptedException {
      if (job.derivation().fixedOutput().isEmpty()) {
        throw new Failure("only a derivation with a fixed hash may fetch");
      }
      URI address = address(job.required("url"));
      job.say("fetching '" + address + "'");
      Fetched fetched =
          job.downloads().downloader().fetchUnverified(Origin.of(address), job.scratch());
      if (job.isSet("unpack")) {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(fetched.file()));
            InputStream archive = xz(address) ? new XZInputStream(file, MEMORY_KIB) : file) {
          Nar.restore(archive, job.out());
        }
        Files.delete(fetched.file());
      } else {
        Files.setPosixFilePermissions(fetched.file(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fetched.file(), job.out(), StandardCopyOption.ATOMIC_MOVE);
      }
      if (job.isSet("executable")) {
        Files.setPosixFilePermissions(job.out(), PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }

    private static boolean xz(URI address) {
      return address.toString().endsWith(".xz");
    }

    private static URI address(String url) throws Failure {
      try {
        URI address = new URI(url);
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        if (List.of("file", "http", "https").contains(scheme)) {
          return address;
        }
      } catch (URISyntaxException _) {
        // falls to the refusal below, which shows the text
      }
      throw new Failure("'" + url + "' is no address that begins with file, http or https");
    }
  },

  /// The one folder that the archive `src` holds becomes `channelName` in `out`.
  UNPACK_CHANNEL("unpack-channel") {
    @Override
    void run(Job job) throws Failure, IOException {
      String name = job.required("channelName");
      String source = job.required("src");
      if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
        throw new Failure("'" + name + "' is no name for a channel");
      }
      Path archive =
          job.inputs()
              .follow(source)
              .filter(Files::isRegularFile)
              .orElseThrow(() -> new Failure("'" + source + "' is no file among the inputs"));
      try (InputStream in = Files.newInputStream(archive)) {
        TarReader.unpack(
            in,
            new TreeWriter(job.out(), Links.REFUSE),
            source,
            LEAST_ROOM + MOST_GROWTH * Files.size(archive));
      }
      List<Path> entries;
      try (Stream<Path> all = Files.list(job.out())) {
        entries = all.toList();
      }
      if (entries.size() != 1) {
        throw new Failure("'" + source + "' does not hold exactly one entry");
      }
      Files.move(entries.getFirst(), job.out().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  },

  /// Links to all files of the packages that `derivations` lists, as `nix-env` makes profiles.
  BUILDENV("buildenv") {
    @Override
    void run(Job job) throws Failure, IOException {
      Files.createDirectory(job.out());
      new Profile(job.inputs(), job.out()).build(job.required("derivations"));
      Files.createSymbolicLink(
          job.out().resolve("manifest.nix"), Path.of(job.required("manifest")));
    }
  };

  private static final String PREFIX = "builtin:";
  private static final int MEMORY_KIB = 256 * 1024;

  /// What is compressed more than this is made to do harm; small archives may be.
  private static final long MOST_GROWTH = 250;

  private static final long LEAST_ROOM = 1L << 30;

  private final String label;

  Builtin(String label) {
    this.label = label;
  }

  /// The build cannot succeed; the message is one line.
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
      super(message);
    }
  }

  /// What one builtin works with.
  ///
  /// @param out where the output `out` is to be made; nothing is there yet
  /// @param scratch an empty folder on the same file system
  /// @param inputs what the builder may see of the store
  /// @param log takes what it says
  record Job(
      Derivation derivation,
      Path out,
      Path scratch,
      InputView inputs,
      Downloads downloads,
      BuilderLog log) {
    String required(String name) throws Failure {
      return derivation
          .variable(name)
          .map(ByteString::utf8)
          .orElseThrow(() -> new Failure("the variable '" + name + "' is missing"));
    }

    boolean isSet(String name) {
      return derivation.variable(name).equals(Optional.of(ByteString.of("1")));
    }

    void say(String line) throws IOException {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      log.write(bytes, 0, bytes.length);
    }
  }

  /// Makes the output.
  ///
  /// @throws Failure when the derivation or what it fetches is to blame
  abstract void run(Job job) throws Failure, IOException, InterruptedException;

  /// The same, where what the output's names cannot be is the derivation's fault too.
  final void make(Job job) throws Failure, IOException, InterruptedException {
    try {
      run(job);
    } catch (InvalidPathException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  /// Whether a derivation's builder is meant to be one of these.
  static boolean isNamedBy(String builder) {
    return builder.startsWith(PREFIX);
  }

  /// The one that a derivation's builder names.
  static Optional<Builtin> of(String builder) {
    return Arrays.stream(values()).filter(each -> builder.equals(PREFIX + each.label)).findFirst();
  }

  /// How all are called, for a message.
  static String names() {
    return Arrays.stream(values())
        .map(each -> PREFIX + each.label)
        .collect(Collectors.joining(", "));
  }
}
