package dev.synapse.build.realise;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The bytes of a log while it is written: in memory as long as they are few, for a file costs more
/// than most builders say; else in a file.
final class LogBytes extends OutputStream {
  /// How many bytes are few.
  static final int FEW = 1 << 16;

  private final Path file;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable OutputStream disk;
  private long size;

  /// @param file is made when it is needed
  LogBytes(Path file) {
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    OutputStream open = disk;
    if (open == null && size + count > FEW) {
      open = new BufferedOutputStream(Files.newOutputStream(file));
      disk = open;
      memory.writeTo(open);
      memory.reset();
    }
    if (open == null) {
      memory.write(bytes, offset, count);
    } else {
      open.write(bytes, offset, count);
    }
    size += count;
  }

  @Override
  public void flush() throws IOException {
    OutputStream open = disk;
    if (open != null) {
      open.flush();
    }
  }

  @Override
  public void close() throws IOException {
    OutputStream open = disk;
    if (open != null) {
      open.close();
    }
  }

  /// How many bytes there are.
  long size() {
    return size;
  }

  /// All of the bytes. To be asked for after the end.
  void copyTo(OutputStream out) throws IOException {
    if (disk == null) {
      memory.writeTo(out);
    } else {
      long _ = Files.copy(file, out);
    }
  }
}
