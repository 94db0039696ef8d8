package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/// Creates in the file system what it is told. Everything is created where nothing was, so it never
/// writes through a link; the umask applies, times stay as they come.
final class TreeRestore implements NarVisitor {
  private static final int BUFFER = 1 << 16;
  private static final Set<PosixFilePermission> EXECUTE =
      Set.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final Deque<Path> open = new ArrayDeque<>();
  private final byte[] buffer = new byte[BUFFER];
  private Path next;

  TreeRestore(Path destination) {
    next = destination;
  }

  @Override
  public void file(boolean executable, long size, InputStream contents) throws IOException {
    try (InputStream restoring = restoring(executable, contents)) {
      long left = size;
      while (left > 0) {
        int read = restoring.read(buffer, 0, (int) Math.min(BUFFER, left));
        if (read < 0) {
          throw new EOFException("'%s' ends %d bytes early".formatted(next, left));
        }
        left -= read;
      }
    }
  }

  /// Creates the next file. It gets the bytes that are read from the result, until that is closed.
  InputStream restoring(boolean executable, InputStream contents) throws IOException {
    FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (executable) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(next);
      permissions.addAll(EXECUTE);
      Files.setPosixFilePermissions(next, permissions);
    }
    return contents instanceof ReadableByteChannel file
        ? new RestoringFile(contents, file, channel)
        : new Restoring(contents, channel);
  }

  @Override
  public void symlink(ByteString target) throws IOException {
    RawNames.createLink(next, target);
  }

  @Override
  public void startDirectory() throws IOException {
    Files.createDirectory(next);
    open.push(next);
  }

  @Override
  public void entry(ByteString name) {
    next = RawNames.resolve(open.element(), name);
  }

  @Override
  public void endDirectory() {
    open.pop();
  }

  private static class Restoring extends BulkInputStream {
    private final InputStream contents;
    final FileChannel channel;

    Restoring(InputStream contents, FileChannel channel) {
      this.contents = contents;
      this.channel = channel;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = contents.read(bytes, from, length);
      if (read > 0) {
        ByteBuffer piece = ByteBuffer.wrap(bytes, from, read);
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /// What comes out of a file can be read into memory that the system writes from: without a copy
  /// in between.
  private static final class RestoringFile extends Restoring implements ReadableByteChannel {
    private final ReadableByteChannel file;

    RestoringFile(InputStream contents, ReadableByteChannel file, FileChannel channel) {
      super(contents, channel);
      this.file = file;
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
      int start = buffer.position();
      int read = file.read(buffer);
      ByteBuffer piece = buffer.duplicate().flip().position(start);
      while (piece.hasRemaining()) {
        channel.write(piece);
      }
      return read;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }
}
