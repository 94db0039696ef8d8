package dev.synapse.build.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Archives of every kind come out right, and none writes where it should not.
final class ArchiveTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"none", "gz", "xz", "zst", "bz2"})
  void aTarComesOutWithoutItsTopFolder(String compression) throws Exception {
    Path archive = folder.resolve("archive");
    try (OutputStream out = compress(Files.newOutputStream(archive), compression)) {
      out.write(
          tar(
              entry("top/", ""),
              entry("top/a.txt", "text"),
              mode(entry("top/bin/run", "#!"), 04755),
              link("top/link", "a.txt"),
              hardLink("top/b.txt", "top/a.txt")));
    }
    Path out = unpack(archive);

    assertThat(out.resolve("a.txt")).hasContent("text");
    assertThat(out.resolve("b.txt")).hasContent("text");
    assertThat(Files.readSymbolicLink(out.resolve("link"))).hasToString("a.txt");
    assertThat(permissions(out.resolve("bin/run"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(out.resolve("a.txt"))).isEqualTo("rw-r--r--");
  }

  @Test
  void severalThingsAtTheTopStayWhereTheyAre() throws Exception {
    Path out = unpack(write(tar(entry("a", "1"), entry("b/c", "2"))));

    assertThat(out.resolve("b/c")).hasContent("2");
    assertThat(out.resolve("a")).hasContent("1");
  }

  @Test
  void aZipComesOutWithModesAndLinks() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      put(zip, "top/run", 0100755, "#!");
      put(zip, "top/plain", 0, "p");
      put(zip, "top/link", 0120777, "plain");
    }
    Path out = unpack(write(bytes.toByteArray()));

    assertThat(permissions(out.resolve("run"))).isEqualTo("rwxr-xr-x");
    assertThat(out.resolve("link")).hasContent("p");
    assertThat(Files.isSymbolicLink(out.resolve("link"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "a/../../evil", "a/../evil", "/evil"})
  void aNameThatLeavesTheFolderIsRefused(String name) throws Exception {
    var zipped = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(zipped)) {
      put(zip, name, 0, "x");
    }
    var evil = new TarArchiveEntry(name, true);
    evil.setSize(1);
    for (byte[] archive : List.of(tar(new Item(evil, "x")), zipped.toByteArray())) {
      refused(archive, ArchiveProblem.BadEntry.class);
    }
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void writingThroughALinkIsRefused() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));

    for (String target : List.of(outside.toString(), "../outside", "inside")) {
      refused(
          tar(entry("inside/", ""), link("link", target), entry("link/evil", "x")),
          ArchiveProblem.BadEntry.class);
      refused(
          tar(entry("inside/", ""), link("link", target), entry("link", "x")),
          ArchiveProblem.Conflict.class);
    }
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void hardLinksToWhatTheArchiveDoesNotHoldAreRefused() throws Exception {
    Files.writeString(folder.resolve("secret"), "s");

    refused(tar(hardLink("a", "../secret")), ArchiveProblem.BadEntry.class);
    refused(tar(hardLink("a", "missing")), ArchiveProblem.BadEntry.class);
    refused(
        tar(link("l", folder.resolve("secret").toString()), hardLink("a", "l")),
        ArchiveProblem.BadEntry.class);
  }

  @ParameterizedTest
  @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
  void devicesAreRefused(byte type) throws Exception {
    refused(tar(new Item(new TarArchiveEntry("device", type), "")), ArchiveProblem.BadEntry.class);
  }

  @Test
  void theSameFileTwiceIsRefused() throws Exception {
    refused(tar(entry("a", "1"), entry("a", "2")), ArchiveProblem.Conflict.class);
    refused(tar(entry("a", "1"), entry("./a", "2")), ArchiveProblem.Conflict.class);
    refused(tar(entry("a", "1"), entry("a/b", "2")), ArchiveProblem.Conflict.class);
  }

  @Test
  void whatIsCutOffIsDamaged() throws Exception {
    byte[] whole = gzip(tar(entry("a", "x".repeat(5000)), entry("b", "y".repeat(5000))));

    refused(Arrays.copyOf(whole, whole.length / 2), ArchiveProblem.Damaged.class);
  }

  @Test
  void whatIsNoArchiveIsRefused() throws Exception {
    refused("hello".getBytes(StandardCharsets.UTF_8), ArchiveProblem.UnknownFormat.class);
    refused(new byte[0], ArchiveProblem.UnknownFormat.class);
    refused(gzip(new byte[2000]), ArchiveProblem.UnknownFormat.class);
  }

  @Test
  void aBombIsStopped() throws Exception {
    Path tiny = folder.resolve("tiny");
    long most = 100_000;
    Files.write(tiny, gzip(tar(entry("zeros", "0".repeat(200_000)))));
    var tree = new TreeWriter(folder.resolve("tree"), TreeWriter.Links.REFUSE);

    try (InputStream in = Files.newInputStream(tiny)) {
      assertThat(
              catchThrowableOfType(
                      ArchiveException.class, () -> TarReader.unpack(in, tree, "tiny", most))
                  .problem())
          .isEqualTo(new ArchiveProblem.TooLarge("tiny", most + " bytes"));
    }
  }

  @Test
  void aTarFromBeforePosixIsToldByItsCheckSum() throws Exception {
    byte[] old = tar(entry("a", "1"), entry("b", "2"));
    for (int header : new int[] {0, 1024}) {
      Arrays.fill(old, header + 257, header + 265, (byte) 0); // "ustar", and its version
      Arrays.fill(old, header + 148, header + 156, (byte) ' ');
      int sum = 0;
      for (int i = header; i < header + Archive.TAR_BLOCK; i++) {
        sum += Byte.toUnsignedInt(old[i]);
      }
      byte[] digits = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(digits, 0, old, header + 148, digits.length);
    }

    Path out = unpack(write(old));

    assertThat(out.resolve("a")).hasContent("1");
    assertThat(out.resolve("b")).hasContent("2");
    old[0] ^= 1;
    assertThat(Archive.startsTar(Arrays.copyOf(old, Archive.TAR_BLOCK))).isFalse();
  }

  @Test
  void aZipMayHoldFoldersButNoDevices() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.putArchiveEntry(new ZipArchiveEntry("empty/"));
      zip.closeArchiveEntry();
      put(zip, "file", 0100644, "x");
    }
    var device = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(device)) {
      put(zip, "device", 0020644, "");
    }

    refused(device.toByteArray(), ArchiveProblem.BadEntry.class);
    assertThat(unpack(write(bytes.toByteArray())).resolve("empty")).isEmptyDirectory();
  }

  @Test
  void aDamagedZipIsRefused() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      put(zip, "file", 0100644, "some text that is packed, some text that is packed");
    }
    byte[] whole = bytes.toByteArray();

    refused(Arrays.copyOf(whole, whole.length / 2), ArchiveProblem.Damaged.class);
  }

  @Test
  void aDamagedHeaderBehindTheFirstIsFound() throws Exception {
    byte[] bytes = tar(entry("a", "1"), entry("b", "2"));
    Arrays.fill(bytes, 1024 + 124, 1024 + 136, (byte) 'z'); // the size of the second

    refused(bytes, ArchiveProblem.Damaged.class);
  }

  @Test
  void whatOnlyBeginsAsCompressedIsDamaged() throws Exception {
    refused(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 1, 2}, ArchiveProblem.Damaged.class);
  }

  @Test
  void aFolderThatIsThereIsNotWrittenInto() throws Exception {
    Path archive = write(tar(entry("a", "1")));
    Path there = Files.createDirectory(folder.resolve("out"));

    assertThatThrownBy(() -> unpack(archive)).isInstanceOf(IllegalArgumentException.class);
    assertThat(there).isEmptyDirectory();
  }

  private void refused(byte[] bytes, Class<? extends ArchiveProblem> kind) throws IOException {
    Path archive = write(bytes);
    var thrown = catchThrowableOfType(ArchiveException.class, () -> unpack(archive));

    assertThat(thrown).isNotNull();
    assertThat(thrown.problem()).isInstanceOf(kind);
    assertThat(thrown.problem().message()).contains("the archive").doesNotContain("\n");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.equals("out") || name.endsWith(".partial"));
    }
  }

  private Path unpack(Path archive) throws IOException {
    Path out = folder.resolve("out");
    Archive.unpack(archive, "the archive", out);
    return out;
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("archive"), bytes);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
  }

  private static OutputStream compress(OutputStream out, String compression) throws IOException {
    return switch (compression) {
      case "gz" -> new GZIPOutputStream(out);
      case "xz" -> new XZOutputStream(out, new LZMA2Options(0));
      case "zst" -> new ZstdOutputStream(out);
      case "bz2" -> new BZip2CompressorOutputStream(out);
      default -> out;
    };
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private record Item(TarArchiveEntry entry, String text) {}

  private static Item entry(String name, String text) {
    var entry = new TarArchiveEntry(name);
    entry.setSize(text.length());
    return new Item(entry, text);
  }

  private static Item mode(Item item, int mode) {
    item.entry().setMode(mode);
    return item;
  }

  private static Item link(String name, String target) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return new Item(entry, "");
  }

  private static Item hardLink(String name, String target) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_LINK);
    entry.setLinkName(target);
    return new Item(entry, "");
  }

  private static byte[] tar(Item... items) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Item item : items) {
        tar.putArchiveEntry(item.entry());
        tar.write(item.text().getBytes(StandardCharsets.UTF_8));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void put(ZipArchiveOutputStream zip, String name, int mode, String text)
      throws IOException {
    var entry = new ZipArchiveEntry(name);
    if (mode != 0) {
      entry.setUnixMode(mode);
    }
    zip.putArchiveEntry(entry);
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeArchiveEntry();
  }
}
