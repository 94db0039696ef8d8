package dev.synapse.build.archive;

import dev.synapse.build.archive.TreeWriter.Links;
import dev.synapse.store.local.Deletion;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// An archive file: a tar, plain or compressed with gzip, xz, zstd or bzip2, or a zip or jar.
public final class Archive {
  /// Text, repeated, shrinks about a hundredfold; what shrinks more is made to do harm.
  private static final long MOST_GROWTH = 250;

  private static final long ALWAYS_ALLOWED = 1L << 30;
  private static final int MOST_LINK_TARGET = 4096;

  /// How many bytes of a file tell whether it is a tar.
  public static final int TAR_BLOCK = 512;

  // Fields of the header of a tar (POSIX.1-2024, pax, "ustar Interchange Format").
  private static final int TAR_CHECKSUM = 148;
  private static final int TAR_CHECKSUM_END = 156;
  private static final int TAR_MAGIC = 257;
  private static final String USTAR = "ustar";
  private static final int OCTAL = 8;

  // How a zip begins: with an entry, or with the end of its directory if it has none (APPNOTE,
  // sections 4.3.7 and 4.3.16).
  private static final byte[] ZIP_ENTRY = {'P', 'K', 3, 4};
  private static final byte[] ZIP_END = {'P', 'K', 5, 6};

  /// Of the mode of a file: its owner may run it.
  static final int OWNER_MAY_RUN = 0100;

  private Archive() {}

  /// Unpacks `archive` into the new folder `folder`. When everything in it lies in one folder, what
  /// is in that one is taken. The folder is there whole, or not at all.
  ///
  /// @param name what messages call the archive
  /// @throws ArchiveException when the archive is damaged, or an entry of it may not be
  public static void unpack(Path archive, String name, Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException("'" + folder + "' is there already");
    }
    Path beside =
        folder.resolveSibling("." + folder.getFileName() + "-" + UUID.randomUUID() + ".partial");
    try {
      var tree = new TreeWriter(beside, Links.REFUSE);
      if (isZip(archive)) {
        unzip(archive, name, tree);
      } else {
        untar(archive, name, tree);
      }
      Files.move(top(beside), folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Deletion.delete(beside);
    }
  }

  private static long mostBytes(Path archive) throws IOException {
    return ALWAYS_ALLOWED + MOST_GROWTH * Files.size(archive);
  }

  private static void untar(Path archive, String name, TreeWriter tree) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      InputStream plain = Decompression.of(in);
      byte[] block;
      try {
        block = plain.readNBytes(TAR_BLOCK);
      } catch (IOException e) {
        throw new ArchiveException(
            new ArchiveProblem.Damaged(name, String.valueOf(e.getMessage())));
      }
      if (!startsTar(block)) {
        throw new ArchiveException(new ArchiveProblem.UnknownFormat(name));
      }
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException e) {
      throw new ArchiveException(new ArchiveProblem.Damaged(name, String.valueOf(e.getMessage())));
    }
    try (InputStream in = Files.newInputStream(archive)) {
      TarReader.unpack(in, tree, name, mostBytes(archive));
    }
  }

  /// Whether a file whose first [#TAR_BLOCK] bytes are these is a tar, not compressed.
  public static boolean startsTar(byte[] block) {
    return block.length == TAR_BLOCK
        && (new String(block, TAR_MAGIC, USTAR.length(), StandardCharsets.ISO_8859_1).equals(USTAR)
            || isOldTar(block));
  }

  /// A tar from before POSIX has no magic number, but its header's check sum.
  private static boolean isOldTar(byte[] block) {
    String field =
        new String(
                block, TAR_CHECKSUM, TAR_CHECKSUM_END - TAR_CHECKSUM, StandardCharsets.ISO_8859_1)
            .replace('\0', ' ')
            .strip();
    if (!field.matches("[0-7]{1,7}")) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < block.length; i++) {
      boolean ofField = i >= TAR_CHECKSUM && i < TAR_CHECKSUM_END; // counts as blanks
      sum += ofField ? ' ' : Byte.toUnsignedInt(block[i]);
    }
    return sum == Integer.parseInt(field, OCTAL);
  }

  private static boolean isZip(Path archive) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      return startsZip(in.readNBytes(ZIP_ENTRY.length));
    }
  }

  /// Whether a file that begins with these bytes, at least four, is a zip.
  public static boolean startsZip(byte[] start) {
    byte[] signature = Arrays.copyOf(start, ZIP_ENTRY.length);
    return Arrays.equals(signature, ZIP_ENTRY) || Arrays.equals(signature, ZIP_END);
  }

  private static void unzip(Path archive, String name, TreeWriter tree) throws IOException {
    long left = mostBytes(archive);
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        String path = entry.getName();
        if (entry.isDirectory()) {
          tree.folder(path, name);
          continue;
        }
        int mode = entry.getUnixMode();
        int type = mode & UnixStat.FILE_TYPE_FLAG;
        if (type != 0 && type != UnixStat.FILE_FLAG && !entry.isUnixSymlink()) {
          throw new ArchiveException(
              new ArchiveProblem.BadEntry(name, path, "is neither a file, a folder nor a link"));
        }
        try (var contents = new ZipContents(zip.getInputStream(entry), name, left)) {
          if (entry.isUnixSymlink()) {
            byte[] target = contents.readNBytes(MOST_LINK_TARGET);
            tree.link(path, new String(target, StandardCharsets.UTF_8), name);
          } else {
            tree.file(path, (mode & OWNER_MAY_RUN) != 0, contents, name);
          }
          left = contents.left;
        }
      }
    } catch (ZipException e) {
      throw new ArchiveException(new ArchiveProblem.Damaged(name, String.valueOf(e.getMessage())));
    }
  }

  /// The one folder that holds everything, else `tree` itself.
  private static Path top(Path tree) throws IOException {
    try (Stream<Path> entries = Files.list(tree)) {
      List<Path> all = entries.limit(2).toList();
      return all.size() == 1 && Files.isDirectory(all.getFirst(), LinkOption.NOFOLLOW_LINKS)
          ? all.getFirst()
          : tree;
    }
  }

  private static final class ZipContents extends FilterInputStream {
    private final String archive;
    private long left;

    ZipContents(InputStream in, String archive, long left) {
      super(in);
      this.archive = archive;
      this.left = left;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count;
      try {
        count = in.read(buffer, offset, length);
      } catch (IOException e) {
        throw new ArchiveException(
            new ArchiveProblem.Damaged(archive, String.valueOf(e.getMessage())));
      }
      left -= Math.max(0, count);
      if (left < 0) {
        throw new ArchiveException(
            new ArchiveProblem.TooLarge(archive, "can be meant by an archive of its size"));
      }
      return count;
    }
  }
}
