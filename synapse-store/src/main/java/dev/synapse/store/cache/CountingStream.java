package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the bytes that are read through it.
final class CountingStream extends BulkFilterStream {
  private final AtomicLong count;

  CountingStream(InputStream in, AtomicLong count) {
    super(in);
    this.count = count;
  }

  /// The bytes of a file.
  static InputStream of(Path file, AtomicLong count) {
    try {
      return new CountingStream(Files.newInputStream(file), count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int read = in.read(bytes, from, length);
    if (read > 0) {
      count.addAndGet(read);
    }
    return read;
  }
}
