package dev.synapse.store.nar;

import java.io.IOException;
import java.io.InputStream;

/// A stream whose kinds say what reading many bytes does; one byte is read as many.
abstract class BulkInputStream extends InputStream {
  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public abstract int read(byte[] bytes, int from, int length) throws IOException;
}
