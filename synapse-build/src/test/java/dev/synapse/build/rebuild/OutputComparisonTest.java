package dev.synapse.build.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputComparisonTest {
  private static final long EARLY = 315_532_802_000L;
  private static final long LATE = 1_000_000_000_000L;

  @TempDir private Path folder;
  private Path first;
  private Path second;

  private record Entry(String name, String text, long time) {}

  @BeforeEach
  void makeBothOutputs() throws IOException {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
  }

  @Test
  void findsNothingInEqualTreesWhateverTheirFileTimes() throws Exception {
    Files.writeString(first.resolve("a"), "same");
    Files.writeString(second.resolve("a"), "same");
    Files.setLastModifiedTime(
        second.resolve("a"), java.nio.file.attribute.FileTime.fromMillis(LATE));

    assertThat(OutputComparison.compare(first, second)).isEmpty();
  }

  @Test
  void namesTheFileThatDiffersAndWhere() throws Exception {
    Files.createDirectories(first.resolve("lib"));
    Files.createDirectories(second.resolve("lib"));
    Files.writeString(first.resolve("lib/a.txt"), "hello");
    Files.writeString(second.resolve("lib/a.txt"), "help");

    assertThat(OutputComparison.compare(first, second))
        .containsExactly(
            Difference.of("lib/a.txt", Aspect.CONTENT, "first at byte 3; 5 bytes, then 4"));
  }

  @Test
  void seesMissingFilesExecutableBitsAndLinkTargets() throws Exception {
    Files.writeString(first.resolve("gone"), "");
    Files.writeString(second.resolve("new"), "");
    Files.writeString(first.resolve("run"), "");
    Files.writeString(second.resolve("run"), "");
    Files.setPosixFilePermissions(
        second.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(first.resolve("link"), Path.of("a"));
    Files.createSymbolicLink(second.resolve("link"), Path.of("b"));

    assertThat(OutputComparison.compare(first, second))
        .extracting(Difference::message)
        .containsExactly(
            "gone: only-in-first",
            "link: target (a, then b)",
            "new: only-in-second",
            "run: mode (not executable, then executable)");
  }

  @Test
  void opensArchivesAndNamesTheEntryAndTheLine() throws Exception {
    zip(first, new Entry("META-INF/MANIFEST.MF", "Version: 1\nBuilt: noon\n", EARLY));
    zip(second, new Entry("META-INF/MANIFEST.MF", "Version: 1\nBuilt: dusk\n", EARLY));

    assertThat(OutputComparison.compare(first, second))
        .containsExactly(
            new Difference(
                "a.jar",
                Optional.of("META-INF/MANIFEST.MF"),
                Set.of(Aspect.CONTENT),
                "line 2: 'Built: noon', then 'Built: dusk'"));
  }

  @Test
  void tellsTimeApartFromContent() throws Exception {
    zip(first, new Entry("a", "x", EARLY), new Entry("b", "y", EARLY));
    zip(second, new Entry("a", "x", LATE), new Entry("b", "y", EARLY));

    assertThat(OutputComparison.compare(first, second))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.entry()).contains("a");
              assertThat(difference.aspects()).containsExactly(Aspect.TIME);
            });
  }

  @Test
  void tellsOrderApartFromContent() throws Exception {
    zip(first, new Entry("a", "x", EARLY), new Entry("b", "y", EARLY));
    zip(second, new Entry("b", "y", EARLY), new Entry("a", "x", EARLY));

    assertThat(OutputComparison.compare(first, second))
        .singleElement()
        .satisfies(difference -> assertThat(difference.aspects()).containsExactly(Aspect.ORDER));
  }

  private static void zip(Path output, Entry... entries) throws IOException {
    try (var out = new ZipOutputStream(Files.newOutputStream(output.resolve("a.jar")))) {
      for (Entry each : List.of(entries)) {
        var entry = new ZipEntry(each.name());
        entry.setTime(each.time());
        out.putNextEntry(entry);
        out.write(each.text().getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
  }
}
