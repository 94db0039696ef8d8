package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Writes an archive, node by node. It gathers small pieces: what was written is in the stream
/// below once the root node is complete. Calls that make no archive are refused with an
/// [IllegalStateException].
///
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/nix-archive">Nix manual, Nix
///   Archive</a>
public final class NarWriter implements NarVisitor {
  private static final int BUFFER = 1 << 16;
  private static final int WORD = Long.BYTES;
  private static final int ONE_MORE_WORD = 2 * WORD;

  private static final byte[] MAGIC = words("nix-archive-1");
  private static final byte[] FILE = words("(", "type", "regular", "contents");
  private static final byte[] EXECUTABLE =
      words("(", "type", "regular", "executable", "", "contents");
  private static final byte[] SYMLINK = words("(", "type", "symlink", "target");
  private static final byte[] DIRECTORY = words("(", "type", "directory");
  private static final byte[] ENTRY = words("entry", "(", "name");
  private static final byte[] NODE = words("node");
  private static final byte[] CLOSE = words(")");

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;

  /// For each open directory the name of its last entry; empty before the first.
  private final Deque<Optional<ByteString>> open = new ArrayDeque<>();

  private boolean started;
  private boolean nodeExpected = true;

  /// Writes to `out`, which stays open.
  public NarWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void file(boolean executable, long size, InputStream contents) throws IOException {
    startNode();
    put(executable ? EXECUTABLE : FILE);
    putLong(size);
    long left = size;
    if (left > BUFFER
        && contents instanceof ReadableByteChannel file
        && out instanceof NarHasher hasher) {
      // Without a copy in between, which takes as long as a third of the hashing.
      flush();
      hasher.readAll(file, left);
      left = 0;
    }
    while (left > 0) {
      if (filled == BUFFER) {
        flush();
      }
      int read = contents.read(buffer, filled, (int) Math.min(BUFFER - filled, left));
      if (read < 0) {
        throw new EOFException("file ended %d bytes before its size".formatted(left));
      }
      filled += read;
      left -= read;
    }
    pad(size);
    put(CLOSE);
    endNode();
  }

  @Override
  public void symlink(ByteString target) throws IOException {
    if (!NarNames.isTarget(target)) {
      throw new IllegalStateException("no link has the target '" + target + "'");
    }
    startNode();
    put(SYMLINK);
    putString(target);
    put(CLOSE);
    endNode();
  }

  @Override
  public void startDirectory() throws IOException {
    startNode();
    put(DIRECTORY);
    open.push(Optional.empty());
    nodeExpected = false;
  }

  @Override
  public void entry(ByteString name) throws IOException {
    if (nodeExpected || open.isEmpty() || !NarNames.isName(name) || !isAfterLast(name)) {
      throw new IllegalStateException("no entry '%s' can stand here".formatted(name));
    }
    open.pop();
    open.push(Optional.of(name));
    put(ENTRY);
    putString(name);
    put(NODE);
    nodeExpected = true;
  }

  @Override
  public void endDirectory() throws IOException {
    if (nodeExpected || open.isEmpty()) {
      throw new IllegalStateException("no directory can end here");
    }
    open.pop();
    put(CLOSE);
    endNode();
  }

  private boolean isAfterLast(ByteString name) {
    Optional<ByteString> last = open.element();
    return last.isEmpty() || last.get().compareTo(name) < 0;
  }

  private void startNode() throws IOException {
    if (!nodeExpected) {
      throw new IllegalStateException("no node can stand here");
    }
    if (!started) {
      started = true;
      put(MAGIC);
    }
  }

  /// A node inside a directory stands in its entry, which ends with it.
  private void endNode() throws IOException {
    nodeExpected = false;
    if (open.isEmpty()) {
      flush();
    } else {
      put(CLOSE);
    }
  }

  private void put(byte[] bytes) throws IOException {
    if (bytes.length > BUFFER - filled) {
      flush();
      if (bytes.length > BUFFER) {
        out.write(bytes);
        return;
      }
    }
    System.arraycopy(bytes, 0, buffer, filled, bytes.length);
    filled += bytes.length;
  }

  private void putLong(long value) throws IOException {
    if (BUFFER - filled < ONE_MORE_WORD) {
      flush();
    }
    for (int index = 0; index < WORD; index++) {
      buffer[filled++] = (byte) (value >>> (index * Byte.SIZE));
    }
  }

  private void putString(ByteString text) throws IOException {
    putLong(text.length());
    put(text.toByteArray());
    pad(text.length());
  }

  private void pad(long length) throws IOException {
    if (BUFFER - filled < WORD) {
      flush();
    }
    for (int left = (int) (-length & (WORD - 1)); left > 0; left--) {
      buffer[filled++] = 0;
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, filled);
    filled = 0;
  }

  private static byte[] words(String... texts) {
    int size = 0;
    for (String text : texts) {
      size += WORD + (text.length() + WORD - 1) / WORD * WORD;
    }
    byte[] bytes = new byte[size];
    int at = 0;
    for (String text : texts) {
      bytes[at] = (byte) text.length();
      byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(ascii, 0, bytes, at + WORD, ascii.length);
      at += WORD + (ascii.length + WORD - 1) / WORD * WORD;
    }
    return bytes;
  }
}
