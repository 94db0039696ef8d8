package dev.synapse.gmp.report;

import dev.synapse.gmp.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The report phase as it runs inside the room: the product's own shell fragment and awk program,
/// under a given awk.
final class Room {
  private final Path programs;

  /// @param scratch an empty folder
  Room(String awk, Path scratch) throws IOException {
    programs = scratch;
    copy("report.awk");
    copy("report.sh");
    // The fragment takes the first awk by name: this one, under that name.
    Files.createSymbolicLink(programs.resolve("mawk"), find(awk).orElseThrow());
  }

  /// What a run left.
  ///
  /// @param report empty when it wrote none
  /// @param lines the file with what was covered by line; empty when it wrote none
  record Result(int exit, Optional<String> report, Optional<Path> lines, String errors) {}

  static Optional<Path> find(String program) {
    return Stream.of("/usr/bin", "/bin", "/usr/local/bin")
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void copy(String name) throws IOException {
    String resource = "/dev/synapse/build/builder/" + name;
    try (InputStream in = Gate.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no resource " + resource);
      }
      Files.copy(in, programs.resolve(name));
    }
  }

  Result run(Path folder, List<String> tests, List<String> coverage) throws Exception {
    Path report = programs.resolve("report.json");
    Path errors = programs.resolve("errors");
    Path lines = programs.resolve("lines.json");
    Files.deleteIfExists(report);
    Files.deleteIfExists(lines);
    var shell =
        new ProcessBuilder(
                "bash",
                "-euo",
                "pipefail",
                "-c",
                ". \"$NIX_BUILD_TOP/report.sh\"; write_quality_report"
                    + " \"$NIX_BUILD_TOP/report.json\" 0")
            .directory(folder.toFile())
            .redirectErrorStream(false)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile());
    var environment = shell.environment();
    environment.clear();
    environment.put("PATH", programs + ":/usr/bin:/bin");
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("NIX_BUILD_TOP", programs.toString());
    environment.put("reportAwk", programs.resolve("report.awk").toString());
    environment.put("reportTests", String.join("\n", tests));
    environment.put("reportCoverage", String.join("\n", coverage));
    int exit = shell.start().waitFor();
    return new Result(
        exit,
        Files.exists(report)
            ? Optional.of(Files.readString(report, StandardCharsets.UTF_8))
            : Optional.empty(),
        Optional.of(lines).filter(Files::exists),
        Files.readString(errors, StandardCharsets.UTF_8));
  }
}
