package dev.synapse.build.realise;

import java.io.IOException;
import java.io.OutputStream;

/// Writes everything to two streams.
final class Tee extends OutputStream {
  private final OutputStream first;
  private final OutputStream second;

  Tee(OutputStream first, OutputStream second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public void write(int value) throws IOException {
    first.write(value);
    second.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    first.write(bytes, offset, length);
    second.write(bytes, offset, length);
  }
}
