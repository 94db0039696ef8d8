package dev.synapse.build.debian;

import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// A small Debian archive in a folder, signed with a key of its own.
public final class TestArchive {
  /// A time at which what [#publish()] writes is valid.
  static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  private final Path base;
  private final TestKey key;
  private final List<String> paragraphs = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  TestArchive(Path base, TestKey key) {
    this.base = base;
    this.key = key;
  }

  /// An empty archive with a new key.
  public static TestArchive in(Path base) throws Exception {
    return new TestArchive(base, new TestKey());
  }

  /// Trusts the key of this archive alone.
  public DebianToolchain toolchain(Repositories repositories, Downloader downloader, Path cache)
      throws Exception {
    return new DebianToolchain(repositories, downloader, cache, () -> NOW, key.keys());
  }

  /// Something a package brings.
  record Item(TarArchiveEntry entry, String text) {}

  static Item file(String path, int mode, String text) {
    var entry = new TarArchiveEntry(path);
    entry.setMode(mode);
    entry.setSize(text.length());
    return new Item(entry, text);
  }

  static Item link(String path, String target) {
    var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return new Item(entry, "");
  }

  static Item hardLink(String path, String target) {
    var entry = new TarArchiveEntry(path, TarConstants.LF_LINK);
    entry.setLinkName(target);
    return new Item(entry, "");
  }

  static Item device(String path) {
    return new Item(new TarArchiveEntry(path, TarConstants.LF_CHR), "");
  }

  /// Adds a package that brings nothing but one file named after it.
  public TestArchive add(String name, String version, String fields) throws IOException {
    return add(name, version, fields, file("./usr/share/" + name, 0644, name));
  }

  TestArchive add(String name, String version, String fields, Item... items) throws IOException {
    names.add(name);
    byte[] deb = deb(items);
    String path = "pool/main/%s_%s_amd64.deb".formatted(name, version.replaceFirst("^\\d+:", ""));
    Path file = base.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, deb);
    paragraphs.add(
        """
        Package: %s
        Version: %s
        Architecture: amd64
        Description: words
         .
         more words
        Filename: %s
        Size: %d
        SHA256: %s
        %s\
        """
            .formatted(
                name,
                version,
                path,
                deb.length,
                Hash.of(HashAlgorithm.SHA256, deb).toHex(),
                fields.isEmpty() ? "" : fields + "\n"));
    return this;
  }

  List<String> names() {
    return List.copyOf(names);
  }

  /// Writes the lists of the suite `test`.
  public void publish() throws Exception {
    publish("Date: Sat, 12 Sep 2026 07:55:41 UTC");
  }

  /// Writes the lists of the suite `test`, with more fields of its signed list.
  void publish(String fields) throws Exception {
    byte[] packages = String.join("\n", paragraphs).getBytes(StandardCharsets.UTF_8);
    var compressed = new ByteArrayOutputStream();
    try (var xz = new XZOutputStream(compressed, new LZMA2Options(0))) {
      xz.write(packages);
    }
    Path suite = Files.createDirectories(base.resolve("dists/test/main/binary-amd64"));
    Files.write(suite.resolve("Packages.xz"), compressed.toByteArray());
    String release =
        """
        Suite: stable
        Codename: test
        Architectures: amd64
        Components: main
        Acquire-By-Hash: yes
        %s
        SHA256:
         %s %d main/binary-amd64/Packages.xz
        """
            .formatted(
                fields,
                Hash.of(HashAlgorithm.SHA256, compressed.toByteArray()).toHex(),
                compressed.size());
    Files.write(base.resolve("dists/test/InRelease"), key.sign(release));
  }

  static byte[] deb(Item... items) throws IOException {
    var data = new ByteArrayOutputStream();
    try (var xz = new XZOutputStream(data, new LZMA2Options(0))) {
      tar(xz, items);
    }
    var control = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(control)) {
      tar(gzip, file("./postinst", 0755, "touch /ran"));
    }
    var deb = new ByteArrayOutputStream();
    deb.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    member(deb, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
    member(deb, "control.tar.gz", control.toByteArray());
    member(deb, "data.tar.xz", data.toByteArray());
    return deb.toByteArray();
  }

  private static void tar(OutputStream out, Item... items) throws IOException {
    var tar = new TarArchiveOutputStream(out, "UTF-8");
    for (Item item : items) {
      tar.putArchiveEntry(item.entry());
      tar.write(item.text().getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
    }
    tar.finish();
  }

  private static void member(ByteArrayOutputStream deb, String name, byte[] bytes) {
    String header =
        "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(name, 0, 0, 0, "100644", bytes.length);
    deb.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    deb.writeBytes(bytes);
    if (bytes.length % 2 == 1) {
      deb.write('\n');
    }
  }
}
