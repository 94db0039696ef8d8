package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/// Gives at most so many bytes; a stream that has more is an error, told when they are asked for.
final class LimitedStream extends BulkFilterStream {
  private final Supplier<? extends IOException> tooLong;
  private long left;

  LimitedStream(InputStream in, long limit, Supplier<? extends IOException> tooLong) {
    super(in);
    this.left = limit;
    this.tooLong = tooLong;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      if (in.read() >= 0) {
        throw tooLong.get();
      }
      return -1;
    }
    int read = in.read(bytes, from, (int) Math.min(length, left));
    left -= Math.max(0, read);
    return read;
  }
}
