package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A report of 500 MB is read by a JVM that has 256 MB of heap.
@Tag("slow")
final class LargeReportTest {
  private static final long SIZE = 500_000_000;
  private static final int MINUTES = 5;

  @TempDir Path folder;

  /// What a large report of a format is made of: so many files, again and again, as LCOV repeats
  /// them for each test.
  private record Made(
      String start, String file, String line, String fileEnd, String end, int files) {}

  private static Made made(String format) {
    return switch (format) {
      case "jacoco" ->
          new Made(
              "<report name='all'><package name='p'>",
              "<sourcefile name='A%d.java'>",
              "<line nr='%d' mi='0' ci='3' mb='0' cb='0'/>\n",
              "</sourcefile>",
              "</package></report>",
              Integer.MAX_VALUE);
      case "lcov" -> new Made("TN:\n", "SF:src/a%d.c\n", "DA:%d,1\n", "end_of_record\n", "", 1000);
      case "junit" ->
          new Made(
              "<testsuites>",
              "<testsuite name='s%d'>",
              "<testcase classname='app.LongNameOfATest' name='t%d' time='0.001'/>\n",
              "<system-out><![CDATA[" + "a < b\n".repeat(20_000) + "]]></system-out></testsuite>",
              "</testsuites>",
              1000);
      case "text" ->
          new Made(
              "<testsuite><testcase name='t'><system-out>",
              "",
              "%d ",
              "",
              "</system-out></testcase></testsuite>",
              1);
      default -> throw new IllegalArgumentException(format);
    };
  }

  /// Writes files of a thousand lines each until the report is large.
  private static void write(Path report, Made made) throws IOException {
    var lines = new StringBuilder();
    for (int line = 1; line <= 1000; line++) {
      lines.append(made.line().formatted(line));
    }
    try (BufferedWriter out = Files.newBufferedWriter(report)) {
      out.write(made.start());
      long size = 0;
      for (int file = 0; size < SIZE; file++) {
        String text = made.file().formatted(file % made.files()) + lines + made.fileEnd();
        out.write(text);
        size += text.length();
      }
      out.write(made.end());
    }
  }

  @ParameterizedTest
  @CsvSource({"jacoco", "lcov", "junit", "text"})
  void isReadInLittleMemory(String format) throws Exception {
    Path report = folder.resolve("report");
    write(report, made(format));
    Path output = folder.resolve("output");

    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                report.toString(),
                format)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    try {
      assertThat(child.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    assertThat(Files.readString(output)).startsWith("read ").endsWith(" 0 missed\n");
    assertThat(child.exitValue()).isZero();
  }

  /// What the small JVM does.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Path report = Path.of(args[0]);
      List<Path> none = List.of();
      boolean tests = args[1].equals("junit") || args[1].equals("text");
      List<Path> only = List.of(report);
      MeasuredReports read =
          Reports.read(
              report.resolveSibling("."),
              new ReportPaths(tests ? only : none, tests ? none : only, none, none));
      long counted =
          tests
              ? read.tests().orElseThrow().counts().passed()
              : read.coverage().orElseThrow().lines().orElseThrow().covered();
      System.out.printf("read %d, %d missed%n", counted, counted > 0 ? 0 : 1);
    }
  }
}
