package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Reads an archive and tells a visitor what it says, while it streams.
///
/// Takes exactly the grammar: known words in their order, sorted entries, zero padding. It believes
/// no length before the bytes came, keeps one name per open directory, and uses no stack for depth.
/// Pieces are read as small as they are, never beyond the archive's end, so give it a buffered
/// stream.
///
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/nix-archive">Nix manual, Nix
///   Archive</a>
public final class NarReader {
  private static final int WORD = Long.BYTES;
  private static final int LONGEST_KEYWORD = 16;

  /// No file system takes names or targets as long as this.
  private static final int LONGEST_NAME = 1 << 16;

  private final InputStream in;
  private final byte[] word = new byte[LONGEST_KEYWORD];
  private long offset;

  /// Reads from `in`, which stays open.
  public NarReader(InputStream in) {
    this.in = in;
  }

  /// Reads one archive and returns after its last byte.
  public void read(NarVisitor visitor) throws IOException {
    expect("nix-archive-1");
    Deque<Optional<ByteString>> open = new ArrayDeque<>();
    boolean nodeFollows = true;
    while (nodeFollows || !open.isEmpty()) {
      if (!nodeFollows) {
        nodeFollows = entry(visitor, open);
      } else {
        nodeFollows = false;
        if (node(visitor)) {
          open.push(Optional.empty());
        } else if (!open.isEmpty()) {
          expect(")");
        }
      }
    }
  }

  /// How many bytes were read so far.
  long offset() {
    return offset;
  }

  /// Refuses what follows the archive.
  public void expectEnd() throws IOException {
    if (in.read() >= 0) {
      throw new NarException(new NarProblem.Trailing(offset));
    }
  }

  /// One node; of a directory only the start. Says whether it is a directory.
  private boolean node(NarVisitor visitor) throws IOException {
    expect("(");
    expect("type");
    String type = keyword("'regular', 'symlink' or 'directory'");
    switch (type) {
      case "regular" -> file(visitor);
      case "symlink" -> {
        expect("target");
        ByteString target = string();
        if (!NarNames.isTarget(target)) {
          throw new NarException(new NarProblem.BadTarget(offset, target));
        }
        visitor.symlink(target);
        expect(")");
      }
      case "directory" -> {
        visitor.startDirectory();
        return true;
      }
      default -> throw unexpected(type, "'regular', 'symlink' or 'directory'");
    }
    return false;
  }

  private void file(NarVisitor visitor) throws IOException {
    String next = keyword("'executable', 'contents' or ')'");
    boolean executable = next.equals("executable");
    if (executable) {
      expect("");
      next = keyword("'contents' or ')'");
    }
    if (next.equals(")")) {
      visitor.file(executable, 0, InputStream.nullInputStream());
      return;
    }
    if (!next.equals("contents")) {
      throw unexpected(next, "'contents' or ')'");
    }
    long size = number();
    if (size < 0) {
      throw new NarException(new NarProblem.BadLength(offset, size));
    }
    Contents contents = new Contents(size);
    visitor.file(executable, size, contents);
    contents.skipRest();
    padding(size);
    expect(")");
  }

  /// One entry up to its node, or the end of the directory and of the entry that it stood in. Says
  /// whether a node follows.
  private boolean entry(NarVisitor visitor, Deque<Optional<ByteString>> open) throws IOException {
    String next = keyword("'entry' or ')'");
    if (next.equals(")")) {
      open.pop();
      visitor.endDirectory();
      if (!open.isEmpty()) {
        expect(")");
      }
      return false;
    }
    if (!next.equals("entry")) {
      throw unexpected(next, "'entry' or ')'");
    }
    expect("(");
    expect("name");
    ByteString name = string();
    if (!NarNames.isName(name)) {
      throw new NarException(new NarProblem.BadName(offset, name));
    }
    Optional<ByteString> previous = open.pop();
    if (previous.isPresent() && previous.get().compareTo(name) >= 0) {
      throw new NarException(new NarProblem.OutOfOrder(offset, name, previous.get()));
    }
    open.push(Optional.of(name));
    expect("node");
    visitor.entry(name);
    return true;
  }

  private void expect(String keyword) throws IOException {
    String expected = "'" + keyword + "'";
    String found = keyword(expected);
    if (!found.equals(keyword)) {
      throw unexpected(found, expected);
    }
  }

  private NarException unexpected(String found, String expected) {
    return new NarException(new NarProblem.Unexpected(offset, found, expected));
  }

  private String keyword(String expected) throws IOException {
    long length = number();
    if (length < 0 || length > LONGEST_KEYWORD) {
      throw unexpected("a text of " + Long.toUnsignedString(length) + " bytes", expected);
    }
    fill(word, (int) length);
    String keyword = new String(word, 0, (int) length, StandardCharsets.ISO_8859_1);
    padding(length);
    return keyword;
  }

  private ByteString string() throws IOException {
    long length = number();
    if (length < 0 || length > LONGEST_NAME) {
      throw new NarException(new NarProblem.BadLength(offset, length));
    }
    byte[] bytes = in.readNBytes((int) length);
    offset += bytes.length;
    if (bytes.length < length) {
      throw new NarException(new NarProblem.Truncated(offset));
    }
    padding(length);
    return ByteString.of(bytes);
  }

  private long number() throws IOException {
    fill(word, WORD);
    long value = 0;
    for (int index = WORD - 1; index >= 0; index--) {
      value = value << Byte.SIZE | Byte.toUnsignedInt(word[index]);
    }
    return value;
  }

  private void padding(long length) throws IOException {
    int size = (int) (-length & (WORD - 1));
    fill(word, size);
    for (int index = 0; index < size; index++) {
      if (word[index] != 0) {
        throw new NarException(new NarProblem.BadPadding(offset));
      }
    }
  }

  private void fill(byte[] bytes, int length) throws IOException {
    int read = in.readNBytes(bytes, 0, length);
    offset += read;
    if (read < length) {
      throw new NarException(new NarProblem.Truncated(offset));
    }
  }

  /// The bytes of one file. Ends after them, and fails where the archive ends before.
  private final class Contents extends BulkInputStream {
    private long left;

    Contents(long size) {
      left = size;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, from, (int) Math.min(length, left));
      if (read < 0) {
        throw new NarException(new NarProblem.Truncated(offset));
      }
      left -= read;
      offset += read;
      return read;
    }

    void skipRest() throws IOException {
      if (left > 0) {
        transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
