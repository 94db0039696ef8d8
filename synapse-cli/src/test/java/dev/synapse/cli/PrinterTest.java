package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With a shell script in the place of a browser, and with Chromium where it is installed.
@Timeout(60)
final class PrinterTest {
  @TempDir private Path folder;
  private Path page;
  private Path pdf;

  @BeforeEach
  void write() throws IOException {
    page = Files.writeString(folder.resolve("record.html"), "the page");
    pdf = folder.resolve("record.pdf");
  }

  private Path browser(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("browser"), "#!/bin/sh\n" + script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void printsByTheFirstBrowserThatIsThereAndLeavesNoProfile() throws Exception {
    Path browser =
        browser(
            """
            for option in "$@"; do
              case $option in
                --user-data-dir=*) profile=${option#*=};;
                --print-to-pdf=*) pdf=${option#*=};;
                file://*) page=${option#file://};;
              esac
            done
            mkdir "$profile/deep"
            echo "$profile" >"$profile/deep/file"
            cat "$page" "$profile/deep/file" >"$pdf"
            """);

    assertThat(Printer.toPdf(page, pdf, List.of(folder.resolve("none"), browser))).isTrue();

    List<String> printed = Files.readAllLines(pdf);
    assertThat(printed).hasSize(1).first().asString().startsWith("the page/");
    assertThat(Path.of(printed.getFirst().substring("the page".length()))).doesNotExist();
  }

  @Test
  void withoutABrowserNothingIsPrinted() throws Exception {
    assertThat(Printer.toPdf(page, pdf, List.of(folder.resolve("none")))).isFalse();
    assertThat(pdf).doesNotExist();
  }

  @Test
  void aBrowserThatFailsOrWritesNothingHasNotPrinted() throws Exception {
    assertThat(Printer.toPdf(page, pdf, List.of(browser("exit 1")))).isFalse();
    assertThat(Printer.toPdf(page, pdf, List.of(browser("exit 0")))).isFalse();
  }

  @Test
  void chromiumPrintsAPageOfPaper() throws Exception {
    Path chromium = Path.of("/usr/bin/chromium");
    assumeTrue(Files.isExecutable(chromium), "Chromium is not installed");
    Files.writeString(page, "<!doctype html><title>Record</title><h1>batch_000001_a1b2c3d4</h1>");

    assertThat(Printer.toPdf(page, pdf, List.of(chromium))).isTrue();
    String printed = Files.readString(pdf, StandardCharsets.ISO_8859_1);
    assertThat(printed).startsWith("%PDF-").contains("/Type /Page\n", "/Title (Record)");
  }
}
