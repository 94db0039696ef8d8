package dev.synapse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Prints a page by a browser without a window, where there is one.
final class Printer {
  private static final List<Path> BROWSERS =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"));
  private static final long MINUTES = 2;

  private Printer() {}

  /// Answers whether there is a page in `pdf` now.
  static boolean toPdf(Path page, Path pdf) throws IOException, InterruptedException {
    return toPdf(page, pdf, BROWSERS);
  }

  /// By the first of `browsers` that is there.
  static boolean toPdf(Path page, Path pdf, List<Path> browsers)
      throws IOException, InterruptedException {
    Optional<Path> browser = browsers.stream().filter(Files::isExecutable).findFirst();
    if (browser.isEmpty()) {
      return false;
    }
    Path profile = Files.createTempDirectory("synapse-print");
    Process process =
        new ProcessBuilder(
                browser.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                "--user-data-dir=" + profile,
                "--print-to-pdf=" + pdf.toAbsolutePath(),
                page.toUri().toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(MINUTES, TimeUnit.MINUTES)
          && process.exitValue() == 0
          && Files.exists(pdf);
    } finally {
      process.destroyForcibly().waitFor();
      delete(profile);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
