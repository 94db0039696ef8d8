package dev.synapse.build.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// Unpacks tars into a [TreeWriter].
public final class TarReader {
  private static final int MOST_ENTRIES = 1_000_000;

  private TarReader() {}

  /// Unpacks a tar, compressed or not.
  ///
  /// @param owner what messages call the archive
  /// @param mostBytes how much may come out
  /// @throws ArchiveException when an entry may not be, or the archive is damaged
  public static void unpack(InputStream in, TreeWriter tree, String owner, long mostBytes)
      throws IOException {
    var limited = new Limited(Decompression.of(in), owner, mostBytes);
    try (var tar = new TarArchiveInputStream(limited, "UTF-8")) {
      int count = 0;
      for (var entry = next(tar, owner); entry != null; entry = next(tar, owner)) {
        if (++count > MOST_ENTRIES) {
          throw new ArchiveException(new ArchiveProblem.TooLarge(owner, MOST_ENTRIES + " entries"));
        }
        write(entry, tar, tree, owner);
      }
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, String owner)
      throws IOException {
    try {
      return tar.getNextEntry();
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(owner, e);
    }
  }

  private static void write(
      TarArchiveEntry entry, TarArchiveInputStream tar, TreeWriter tree, String owner)
      throws IOException {
    String name = entry.getName();
    if (entry.isDirectory()) {
      tree.folder(name, owner);
    } else if (entry.isSymbolicLink()) {
      tree.link(name, entry.getLinkName(), owner);
    } else if (entry.isLink()) {
      tree.hardLink(name, entry.getLinkName(), owner);
    } else if (entry.isFile() && !entry.isSparse() && isRegular(entry)) {
      boolean executable = (entry.getMode() & Archive.OWNER_MAY_RUN) != 0;
      tree.file(name, executable, new Reading(tar, owner), owner);
    } else if (!entry.isGlobalPaxHeader()) {
      throw new ArchiveException(
          new ArchiveProblem.BadEntry(
              owner,
              name,
              "is neither a file, a folder nor a link, but of tar type " + type(entry)));
    }
  }

  private static boolean isRegular(TarArchiveEntry entry) {
    byte type = entry.getLinkFlag();
    return type == '0' || type == 0 || type == '7';
  }

  private static String type(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case '3' -> "character device";
      case '4' -> "block device";
      case '6' -> "fifo";
      default -> "'" + (char) entry.getLinkFlag() + "'";
    };
  }

  private static ArchiveException damaged(String owner, Exception failure) {
    return new ArchiveException(
        new ArchiveProblem.Damaged(owner, String.valueOf(failure.getMessage())));
  }

  /// Tells failures of the archive from those of the disk that is written to.
  private static final class Reading extends FilterInputStream {
    private final String owner;

    Reading(InputStream in, String owner) {
      super(in);
      this.owner = owner;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (ArchiveException e) {
        throw e;
      } catch (IOException e) {
        throw damaged(owner, e);
      }
    }
  }

  /// Stops a stream that has no end.
  private static final class Limited extends FilterInputStream {
    private final String owner;
    private final long most;
    private long left;

    Limited(InputStream in, String owner, long most) {
      super(in);
      this.owner = owner;
      this.most = most;
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return count(in.read(buffer, offset, length));
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(count);
      count((int) Math.min(Integer.MAX_VALUE, skipped));
      return skipped;
    }

    private int count(int read) throws ArchiveException {
      left -= Math.max(0, read);
      if (left < 0) {
        throw new ArchiveException(new ArchiveProblem.TooLarge(owner, most + " bytes"));
      }
      return read;
    }
  }
}
