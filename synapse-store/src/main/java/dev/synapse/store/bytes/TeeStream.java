package dev.synapse.store.bytes;

import java.io.IOException;
import java.io.OutputStream;

/// Writes everything to two streams, which stay open.
public final class TeeStream extends OutputStream {
  private final OutputStream first;
  private final OutputStream second;

  /// Writes to `first`, and what that took to `second`.
  public TeeStream(OutputStream first, OutputStream second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public void write(int value) throws IOException {
    first.write(value);
    second.write(value);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    first.write(bytes, from, length);
    second.write(bytes, from, length);
  }

  @Override
  public void flush() throws IOException {
    first.flush();
    second.flush();
  }
}
