package dev.synapse.build.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import dev.synapse.build.rebuild.Difference.Aspect;
import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class OutputComparisonTest {
  private static final long EARLY = 315_532_802_000L;
  private static final long LATE = 1_000_000_000_000L;

  @TempDir private Path folder;
  private Path first;
  private Path second;

  private Path scratch;

  private record Entry(String name, String text, long time) {}

  @BeforeEach
  void makeBothOutputs() throws IOException {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
    scratch = Files.createDirectory(folder.resolve("scratch"));
  }

  @AfterEach
  void nothingStaysInTheScratchFolder() {
    assertThat(scratch).isEmptyDirectory();
  }

  private List<Difference> compare() throws IOException {
    return OutputComparison.compare(first, second, scratch);
  }

  private List<String> messages() throws IOException {
    return compare().stream().map(Difference::message).toList();
  }

  @Test
  void findsNothingInEqualTreesWhateverTheirFileTimes() throws Exception {
    Files.writeString(first.resolve("a"), "same");
    Files.writeString(second.resolve("a"), "same");
    Files.setLastModifiedTime(
        second.resolve("a"), java.nio.file.attribute.FileTime.fromMillis(LATE));

    assertThat(compare()).isEmpty();
  }

  @Test
  void namesTheFileThatDiffersAndWhere() throws Exception {
    Files.createDirectories(first.resolve("lib"));
    Files.createDirectories(second.resolve("lib"));
    Files.writeString(first.resolve("lib/a.txt"), "hello");
    Files.writeString(second.resolve("lib/a.txt"), "help");

    assertThat(compare())
        .containsExactly(
            Difference.of("lib/a.txt", Aspect.CONTENT, "line 1: 'hello', then 'help'"));
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

    assertThat(compare())
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

    assertThat(compare())
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

    assertThat(compare())
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

    assertThat(compare())
        .singleElement()
        .satisfies(difference -> assertThat(difference.aspects()).containsExactly(Aspect.ORDER));
  }

  @Test
  void tellsWhatOfATarsEntryDiffers() throws Exception {
    Files.write(
        first.resolve("a.tar"),
        tar(
            file("content", "noon\n"),
            file("time", "x"),
            file("mode", "x"),
            file("owner", "x"),
            link("link", "a"),
            file("only", "x")));
    TarArchiveEntry time = entry("time", 1);
    time.setModTime(LATE);
    TarArchiveEntry mode = entry("mode", 1);
    mode.setMode(0100755);
    TarArchiveEntry owner = entry("owner", 1);
    owner.setIds(1000, 100);
    owner.setNames("alice", "users");
    Files.write(
        second.resolve("a.tar"),
        tar(
            file("content", "dusk\n"),
            new Packed(time, bytes("x")),
            new Packed(mode, bytes("x")),
            new Packed(owner, bytes("x")),
            link("link", "b")));

    assertThat(messages())
        .containsExactly(
            "a.tar!only: only-in-first",
            "a.tar!content: content (line 1: 'noon', then 'dusk')",
            "a.tar!time: time (1970-01-01T00:00:01Z, then 2001-09-09T01:46:40Z)",
            "a.tar!mode: mode (644, then 755)",
            "a.tar!owner: owner (0:0, then 1000:100 alice:users)",
            "a.tar!link: target (a, then b)");
  }

  @Test
  void tellsTheOrderOfATar() throws Exception {
    Files.write(first.resolve("a.tar"), tar(file("a", "x"), file("b", "y")));
    Files.write(second.resolve("a.tar"), tar(file("b", "y"), file("a", "x")));

    assertThat(messages())
        .containsExactly("a.tar!a: order (entries come in another order from here on)");
  }

  @Test
  void looksThroughEveryCompression() throws Exception {
    for (Path output : List.of(first, second)) {
      byte[] tar = tar(file("dir/when", output.equals(first) ? "noon" : "dusk"));
      Files.write(output.resolve("a.tar.bz2"), through(BZip2CompressorOutputStream::new, tar));
      Files.write(output.resolve("a.tar.gz"), gzip(tar, 0));
      Files.write(
          output.resolve("a.tar.xz"),
          through(out -> new XZOutputStream(out, new LZMA2Options()), tar));
      Files.write(output.resolve("a.tar.zst"), through(ZstdOutputStream::new, tar));
    }

    String rest = "!dir/when: content (line 1: 'noon', then 'dusk')";
    assertThat(messages())
        .containsExactly(
            "a.tar.bz2" + rest, "a.tar.gz" + rest, "a.tar.xz" + rest, "a.tar.zst" + rest);
  }

  @Test
  void tellsTheTimeInAGzipHeaderFromWhatIsCompressed() throws Exception {
    byte[] tar = tar(file("a", "x"));
    Files.write(first.resolve("a.tar.gz"), gzip(tar, 1));
    Files.write(second.resolve("a.tar.gz"), gzip(tar, LATE / 1000));
    Files.write(first.resolve("text.gz"), gzip(bytes("noon"), 1));
    Files.write(second.resolve("text.gz"), gzip(bytes("dusk"), LATE / 1000));

    String times = "gzip header 1970-01-01T00:00:01Z, then gzip header 2001-09-09T01:46:40Z";
    assertThat(messages())
        .containsExactly(
            "a.tar.gz: time (" + times + ")",
            "text.gz: content, time (" + times + "; line 1: 'noon', then 'dusk')");
  }

  @Test
  void saysWhenOnlyTheCompressionDiffers() throws Exception {
    byte[] text = bytes("text ".repeat(500));
    Files.write(first.resolve("a.xz"), through(out -> xz(out, 1), text));
    Files.write(second.resolve("a.xz"), through(out -> xz(out, 9), text));

    assertThat(messages()).containsExactly("a.xz: packing (compressed in another way)");
  }

  @Test
  void opensArchivesInArchives() throws Exception {
    for (Path output : List.of(first, second)) {
      String when = output.equals(first) ? "noon" : "dusk";
      byte[] innermost = zipped(new Entry("when", when, EARLY), new Entry("steady", "x", EARLY));
      byte[] middle = gzip(tar(new Packed(entry("in.jar", innermost.length), innermost)), 0);
      Files.write(output.resolve("a.tar"), tar(new Packed(entry("b.tgz", middle.length), middle)));
      Files.write(output.resolve("a.deb"), ar("b.tgz", middle));
    }

    String rest = "!b.tgz!in.jar!when: content (line 1: 'noon', then 'dusk')";
    assertThat(messages()).containsExactly("a.deb" + rest, "a.tar" + rest);
  }

  @Test
  void comparesByteByByteWhatIsCalledAnArchiveAndIsNone() throws Exception {
    byte[] archive = zipped(new Entry("a", "x", EARLY));
    Files.write(first.resolve("a.zip"), archive);
    Files.write(second.resolve("a.zip"), Arrays.copyOf(archive, 40));
    Files.write(first.resolve("a.gz"), gzip(bytes("text"), 0));
    Files.write(second.resolve("a.gz"), Arrays.copyOf(gzip(bytes("text"), 0), 12));

    assertThat(compare())
        .hasSize(2)
        .allSatisfy(
            difference -> {
              assertThat(difference.aspects()).containsExactly(Aspect.CONTENT);
              assertThat(difference.detail())
                  .startsWith("first at byte")
                  .contains("; cannot be looked into: ");
            });
  }

  @Test
  void tellsEntriesOfOneNameApart() throws Exception {
    Files.write(first.resolve("a.tar"), tar(file("a", "x"), file("a", "noon")));
    Files.write(second.resolve("a.tar"), tar(file("a", "x"), file("a", "dusk")));

    assertThat(messages()).containsExactly("a.tar!a (2): content (line 1: 'noon', then 'dusk')");
  }

  private record Packed(TarArchiveEntry entry, ByteString contents) {
    Packed(TarArchiveEntry entry, byte[] contents) {
      this(entry, ByteString.of(contents));
    }
  }

  private static TarArchiveEntry entry(String name, long size) {
    var entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setModTime(1000L);
    entry.setIds(0, 0);
    entry.setNames("", "");
    return entry;
  }

  private static Packed file(String name, String text) {
    return new Packed(entry(name, bytes(text).length), bytes(text));
  }

  private static Packed link(String name, String target) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    entry.setModTime(1000L);
    entry.setNames("", "");
    return new Packed(entry, new byte[0]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] tar(Packed... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new TarArchiveOutputStream(bytes)) {
      for (Packed each : List.of(entries)) {
        out.putArchiveEntry(each.entry());
        out.write(each.contents().toByteArray());
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] ar(String name, byte[] contents) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ArArchiveOutputStream(bytes)) {
      out.putArchiveEntry(new ArArchiveEntry(name, contents.length, 0, 0, 0644, 1));
      out.write(contents);
      out.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] contents, long seconds) throws IOException {
    var header = new GzipParameters();
    header.setModificationInstant(Instant.ofEpochSecond(seconds));
    return through(out -> new GzipCompressorOutputStream(out, header), contents);
  }

  private static OutputStream xz(OutputStream out, int preset) throws IOException {
    return new XZOutputStream(out, new LZMA2Options(preset));
  }

  private interface Layer {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] through(Layer layer, byte[] contents) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = layer.over(bytes)) {
      out.write(contents);
    }
    return bytes.toByteArray();
  }

  private static void zip(Path output, Entry... entries) throws IOException {
    Files.write(output.resolve("a.jar"), zipped(entries));
  }

  private static byte[] zipped(Entry... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(bytes)) {
      for (Entry each : List.of(entries)) {
        var entry = new ZipEntry(each.name());
        entry.setTime(each.time());
        out.putNextEntry(entry);
        out.write(bytes(each.text()));
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
