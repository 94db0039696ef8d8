package dev.synapse.build.debian;

import dev.synapse.build.archive.TarReader;
import dev.synapse.build.archive.TreeWriter;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A `.deb`: an `ar` archive that holds a tar of the package's files.
///
/// @see <a href="https://manpages.debian.org/trixie/dpkg-dev/deb.5.en.html">deb(5)</a>
final class DebFile {
  private static final String MAGIC = "!<arch>\n";

  // Fields of the header of a member (ar(5)).
  private static final int HEADER = 60;
  private static final int NAME_END = 16;
  private static final int SIZE = 48;
  private static final int SIZE_END = 58;
  private static final String HEADER_END = "`\n";

  /// More than any version of the format has.
  private static final int VERSION_BYTES = 16;

  private static final int BUFFER = 1 << 16;
  private static final long MOST_BYTES = 16L << 30;

  private DebFile() {}

  /// Unpacks the files of the package; its scripts are not even read.
  ///
  /// @param name what messages call the package
  /// @throws DebianException when it is no `.deb`
  static void unpack(Path deb, TreeWriter tree, String name) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(deb), BUFFER)) {
      if (!text(in.readNBytes(MAGIC.length())).equals(MAGIC)) {
        throw malformed(name, "it is no Debian package");
      }
      requireVersion(in, name);
      Member member = next(in, name);
      while (!member.name().startsWith("data.tar")) {
        in.skipNBytes(member.padded());
        member = next(in, name);
      }
      TarReader.unpack(new Part(in, member.size(), name), tree, name, MOST_BYTES);
    }
  }

  /// A member's header.
  private record Member(String name, long size) {
    /// What it takes in the archive.
    long padded() {
      return size + size % 2;
    }
  }

  private static Member next(InputStream in, String owner) throws IOException {
    String header = text(in.readNBytes(HEADER));
    if (header.length() < HEADER || !header.endsWith(HEADER_END)) {
      throw malformed(owner, "it has no data");
    }
    return new Member(
        header.substring(0, NAME_END).strip().replaceFirst("/$", ""),
        size(header.substring(SIZE, SIZE_END).strip(), owner));
  }

  /// The first member tells it.
  private static void requireVersion(InputStream in, String owner) throws IOException {
    Member member = next(in, owner);
    int length = (int) Math.min(member.size(), VERSION_BYTES);
    String version = text(in.readNBytes(length));
    if (!member.name().equals("debian-binary") || !version.startsWith("2.")) {
      throw malformed(owner, "it is not of version 2");
    }
    in.skipNBytes(member.padded() - length);
  }

  private static long size(String digits, String name) throws DebianException {
    if (!digits.matches("[0-9]{1,10}")) {
      throw malformed(name, "a part has the size '" + digits + "'");
    }
    return Long.parseLong(digits);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static DebianException malformed(String name, String reason) {
    return new DebianException(new DebianProblem.Malformed(name, reason));
  }

  /// One member of the archive.
  private static final class Part extends FilterInputStream {
    private final String name;
    private long left;

    Part(InputStream in, long size, String name) {
      super(in);
      this.left = size;
      this.name = name;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(buffer, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw malformed(name, "it ends early");
      }
      left -= count;
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
