package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Reads one file out of an archive, while that streams.
public final class NarContents {
  private NarContents() {}

  /// Writes the contents of the file at `path` to `out`. The archive is read to its end, so that a
  /// damaged one is not taken for a whole one.
  ///
  /// @param path names from the top of the archive downwards; none for the top
  /// @return what is there, which is written only if it is a file; empty if nothing is
  public static Optional<NarNode> copy(InputStream archive, List<ByteString> path, OutputStream out)
      throws IOException {
    NarReader reader = new NarReader(archive);
    NodeBuilder nodes = new NodeBuilder(Optional.of(reader));
    Finder finder = new Finder(nodes, path, out);
    reader.read(finder);
    return nodes.root().find(path);
  }

  /// Remembers all that passes by, and takes out one file.
  private static final class Finder implements NarVisitor {
    private final NodeBuilder nodes;
    private final List<ByteString> wanted;
    private final OutputStream out;

    /// The names down to the node that comes next.
    private final Deque<ByteString> at = new ArrayDeque<>();

    Finder(NodeBuilder nodes, List<ByteString> wanted, OutputStream out) {
      this.nodes = nodes;
      this.wanted = wanted;
      this.out = out;
    }

    @Override
    public void file(boolean executable, long size, InputStream contents) throws IOException {
      nodes.file(executable, size, contents);
      if (wanted.equals(List.copyOf(at))) {
        contents.transferTo(out);
      }
      at.pollLast();
    }

    @Override
    public void symlink(ByteString target) {
      nodes.symlink(target);
      at.pollLast();
    }

    @Override
    public void startDirectory() {
      nodes.startDirectory();
    }

    @Override
    public void entry(ByteString name) {
      nodes.entry(name);
      at.addLast(name);
    }

    @Override
    public void endDirectory() {
      nodes.endDirectory();
      at.pollLast();
    }
  }
}
