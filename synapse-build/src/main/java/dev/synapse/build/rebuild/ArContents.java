package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;

/// An `ar` archive: a static library, or a Debian package.
final class ArContents implements OpenArchive {
  private record Span(long start, long size) {}

  private final FileChannel file;
  private final List<Entry> described = new ArrayList<>();
  private final List<Span> spans = new ArrayList<>();

  ArContents(Path path) throws IOException {
    try (var in = new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      for (ArArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        described.add(new Entry(entry.getName(), properties(entry)));
        spans.add(new Span(in.getBytesRead(), entry.getSize()));
      }
    }
    file = FileChannel.open(path);
  }

  private static Map<Aspect, String> properties(ArArchiveEntry entry) {
    return Map.of(
        Aspect.TIME,
        Instant.ofEpochSecond(entry.getLastModified()).toString(),
        Aspect.MODE,
        String.format(Locale.ROOT, "%o", entry.getMode()),
        Aspect.OWNER,
        entry.getUserId() + ":" + entry.getGroupId());
  }

  @Override
  public List<Entry> entries() {
    return described;
  }

  @Override
  public InputStream contents(int number) {
    return new Slice(file, spans.get(number));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static final class Slice extends InputStream {
    private final FileChannel file;
    private final long end;
    private long at;

    Slice(FileChannel file, Span span) {
      this.file = file;
      this.at = span.start();
      this.end = span.start() + span.size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int most = (int) Math.min(length, end - at);
      if (most == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = file.read(ByteBuffer.wrap(bytes, from, most), at);
      at += Math.max(0, count);
      return count;
    }
  }
}
