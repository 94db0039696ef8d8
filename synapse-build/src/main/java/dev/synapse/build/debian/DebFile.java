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
  private static final int HEADER = 60;
  private static final long MOST_BYTES = 16L << 30;

  private DebFile() {}

  /// Unpacks the files of the package; its scripts are not even read.
  ///
  /// @param name what messages call the package
  /// @throws DebianException when it is no `.deb`
  static void unpack(Path deb, TreeWriter tree, String name) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(deb), 1 << 16)) {
      if (!text(in.readNBytes(8)).equals("!<arch>\n")) {
        throw malformed(name, "it is no Debian package");
      }
      boolean first = true;
      while (true) {
        byte[] header = in.readNBytes(HEADER);
        if (header.length < HEADER || !text(header).endsWith("`\n")) {
          throw malformed(name, "it has no data");
        }
        String member = text(header).substring(0, 16).strip().replaceFirst("/$", "");
        long size = size(text(header).substring(48, 58).strip(), name);
        if (first) {
          String version = text(in.readNBytes((int) Math.min(size, 16)));
          if (!member.equals("debian-binary") || !version.startsWith("2.")) {
            throw malformed(name, "it is not of version 2");
          }
          in.skipNBytes(Math.max(0, size - 16) + size % 2);
        } else if (member.startsWith("data.tar")) {
          TarReader.unpack(new Part(in, size, name), tree, name, MOST_BYTES);
          return;
        } else {
          in.skipNBytes(size + size % 2);
        }
        first = false;
      }
    }
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
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
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
