package dev.synapse.store.cache;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Lets a part of what is written to it through, and ends the writing after it.
final class SliceStream extends FilterOutputStream {
  /// Says that everything wanted is written.
  static final class Done extends IOException {
    private static final long serialVersionUID = 1L;

    Done() {
      super("all that was wanted is written");
    }
  }

  private long before;
  private long left;

  /// @param before how many bytes to leave out first
  /// @param length how many to let through then
  SliceStream(OutputStream out, long before, long length) {
    super(out);
    this.before = before;
    this.left = length;
  }

  /// For whoever can begin later: how many bytes need not be written, of as many at most.
  long skip(long most) {
    long skipped = Math.min(before, most);
    before -= skipped;
    return skipped;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int skipped = (int) Math.min(before, length);
    before -= skipped;
    int part = (int) Math.min(left, length - skipped);
    out.write(bytes, from + skipped, part);
    left -= part;
    if (left == 0) {
      throw new Done();
    }
  }
}
