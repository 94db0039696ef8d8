package dev.synapse.cli;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The program as it is installed: its launcher, its jars, its own process. What happens to a
/// process (signals, other users, full disks) is tested with this; for all else there is [Session].
final class Program {
  private static final Path FOLDER = Path.of("target", "test-program").toAbsolutePath();
  private static final String SQLITE = "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";
  private static final long PATIENCE_SECONDS = 120;

  /// Names in the class path of what only tests need.
  private static final String FOR_TESTS =
      ".*(junit|surefire|assertj|byte-buddy|opentest4j|apiguardian|jspecify|jacoco"
          + "|s3proxy|servlet-api|guava|dataformat-xml|woodstox|stax2).*";

  private static boolean laidOut;

  /// How a run ended.
  record Result(int status, String out, String err) {
    /// Everything that ends in an error says so in one line, which is not a stack trace.
    String error() {
      List<String> errors = err.lines().filter(line -> line.startsWith("error: ")).toList();
      if (errors.size() != 1 || err.contains("\tat ")) {
        throw new AssertionError("not one line of error: " + err);
      }
      return errors.getFirst().substring("error: ".length());
    }
  }

  private final Path home;
  private final Map<String, String> environment = new TreeMap<>();
  private List<String> before = List.of();
  private int runs;

  private Program(Path home) {
    this.home = home;
    environment.put("HOME", home.toString());
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("TMPDIR", home.resolve("tmp").toString());
    environment.put("SYNAPSE_JAVA_HOME", System.getProperty("java.home"));
    environment.put("XDG_CACHE_HOME", FOLDER.resolve("cache").toString());
  }

  /// The program for a user without anything.
  ///
  /// @param home a folder that exists; what the runs write goes there
  static Program of(Path home) throws IOException {
    layOut();
    Files.createDirectories(home.resolve("tmp"));
    return new Program(home);
  }

  /// Sets a variable of its environment.
  Program with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /// Starts it with another program, whose last arguments are the command to run.
  Program by(String... command) {
    before = List.of(command);
    return this;
  }

  /// Where it keeps what only lives as long as a run.
  Path temporary() {
    return home.resolve("tmp");
  }

  /// The command line that starts it.
  static String launcher() {
    return FOLDER.resolve("bin/synapse").toString();
  }

  Result run(String... args) throws IOException, InterruptedException {
    return start(args).end();
  }

  Running start(String... args) throws IOException {
    var command = new ArrayList<>(before);
    command.add(launcher());
    command.addAll(List.of(args));
    return start(command);
  }

  /// Starts something else in the same environment.
  Running start(List<String> command) throws IOException {
    runs++;
    Path out = home.resolve("out-" + runs);
    Path err = home.resolve("err-" + runs);
    var builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, err);
  }

  /// A run that has not ended, or nobody has asked yet how.
  record Running(Process process, Path out, Path err) {
    long pid() {
      return process.pid();
    }

    String errors() throws IOException {
      return Files.readString(err);
    }

    Result end() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("the program does not end; it said: " + errors());
      }
      return new Result(process.exitValue(), Files.readString(out), errors());
    }
  }

  /// As the assembly does it, of what these tests run with.
  private static synchronized void layOut() throws IOException {
    if (laidOut) {
      return;
    }
    Path lib = Files.createDirectories(FOLDER.resolve("lib"));
    Path nativeLibrary = lib.resolve("native").resolve(SQLITE);
    Files.createDirectories(requireNonNull(nativeLibrary.getParent()));
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path place = Path.of(entry);
      if (entry.isEmpty() || place.endsWith("test-classes") || entry.matches(FOR_TESTS)) {
        continue;
      }
      Path jar = lib.resolve("%02d.jar".formatted(number++));
      if (Files.isDirectory(place)) {
        pack(place, jar);
      } else {
        Files.copy(place, jar, StandardCopyOption.REPLACE_EXISTING);
        unpack(jar, SQLITE, nativeLibrary);
      }
    }
    Path launcher = FOLDER.resolve("bin/synapse");
    Files.createDirectories(requireNonNull(launcher.getParent()));
    Files.copy(Path.of("src/main/dist/bin/synapse"), launcher, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        Path.of("src/main/dist/lib/find-jdk.sh"),
        lib.resolve("find-jdk.sh"),
        StandardCopyOption.REPLACE_EXISTING);
    if (!launcher.toFile().setExecutable(true)) {
      throw new IOException("cannot make '%s' executable".formatted(launcher));
    }
    laidOut = true;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new ZipOutputStream(file);
        Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        out.putNextEntry(new ZipEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
  }

  private static void unpack(Path jar, String entry, Path to) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      ZipEntry found = file.getEntry(entry);
      if (found != null) {
        try (InputStream in = file.getInputStream(found)) {
          Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
