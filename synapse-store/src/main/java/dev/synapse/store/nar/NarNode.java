package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an archive, or a tree that could be one, holds, without the contents of files.
///
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/nix-archive">Nix manual, Nix
///   Archive</a>
public sealed interface NarNode {
  /// A regular file.
  ///
  /// @param size of its contents, in bytes
  /// @param offset where in the archive its contents begin, in bytes; empty for a tree
  record File(long size, boolean executable, OptionalLong offset) implements NarNode {}

  /// A symbolic link.
  record Link(ByteString target) implements NarNode {}

  /// A directory.
  ///
  /// @param entries by name, in the order of archives
  record Directory(SortedMap<ByteString, NarNode> entries) implements NarNode {
    /// Copies the entries.
    public Directory {
      entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }
  }

  /// What an archive holds. Returns after its last byte.
  static NarNode ofArchive(InputStream archive) throws IOException {
    NarReader reader = new NarReader(archive);
    NodeBuilder builder = new NodeBuilder(Optional.of(reader));
    reader.read(builder);
    return builder.root();
  }

  /// What lies in the file system; reads no file.
  static NarNode ofTree(Path root) throws IOException {
    NodeBuilder builder = new NodeBuilder(Optional.empty());
    new TreeWalk(builder, Optional.empty()).walk(root);
    return builder.root();
  }

  /// What is at `path` below this node; links are not followed.
  ///
  /// @param path names from here downwards; none for this node
  default Optional<NarNode> find(List<ByteString> path) {
    NarNode node = this;
    for (ByteString name : path) {
      NarNode next = node instanceof Directory directory ? directory.entries().get(name) : null;
      if (next == null) {
        return Optional.empty();
      }
      node = next;
    }
    return Optional.of(node);
  }
}
