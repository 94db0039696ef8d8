package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Remembers what it is told.
final class NodeBuilder implements NarVisitor {
  private final Optional<NarReader> reader;
  private final Deque<SortedMap<ByteString, NarNode>> open = new ArrayDeque<>();
  private final Deque<ByteString> names = new ArrayDeque<>();
  private @Nullable NarNode root;

  /// @param reader what tells, if it is an archive, which knows where it is
  NodeBuilder(Optional<NarReader> reader) {
    this.reader = reader;
  }

  NarNode root() {
    NarNode complete = root;
    if (complete == null) {
      throw new IllegalStateException("nothing was told");
    }
    return complete;
  }

  @Override
  public void file(boolean executable, long size, InputStream contents) {
    OptionalLong offset =
        reader.isPresent() ? OptionalLong.of(reader.get().offset()) : OptionalLong.empty();
    put(new NarNode.File(size, executable, offset));
  }

  @Override
  public void symlink(ByteString target) {
    put(new NarNode.Link(target));
  }

  @Override
  public void startDirectory() {
    open.push(new TreeMap<>());
  }

  @Override
  public void entry(ByteString name) {
    names.push(name);
  }

  @Override
  public void endDirectory() {
    put(new NarNode.Directory(open.pop()));
  }

  private void put(NarNode node) {
    SortedMap<ByteString, NarNode> directory = open.peek();
    if (directory == null) {
      root = node;
    } else {
      directory.put(names.pop(), node);
    }
  }
}
