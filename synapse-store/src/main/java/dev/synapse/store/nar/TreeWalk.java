package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Tells a visitor what lies in the file system. One `lstat` for each entry and one listing for
/// each directory; only one file is open at a time. The depth is bounded by the length of paths, so
/// that recursion is safe.
final class TreeWalk {
  private record Child(ByteString name, Path path) implements Comparable<Child> {
    @Override
    public int compareTo(Child other) {
      return name.compareTo(other.name);
    }
  }

  private final NarVisitor visitor;
  private final Optional<TreeFilter> filter;

  /// Directories that were entered and hold nothing included so far; none without a filter.
  private final List<Optional<ByteString>> pending = new ArrayList<>();

  TreeWalk(NarVisitor visitor, Optional<TreeFilter> filter) {
    this.visitor = visitor;
    this.filter = filter;
  }

  void walk(Path root) throws IOException {
    PosixFileAttributes attributes = attributesOf(root);
    if (attributes.isDirectory()) {
      visitor.startDirectory();
      children(root, Path.of(""));
      visitor.endDirectory();
    } else {
      leaf(root, attributes);
    }
  }

  private void children(Path directory, Path relative) throws IOException {
    for (Child child : list(directory)) {
      PosixFileAttributes attributes = attributesOf(child.path);
      if (filter.isEmpty()) {
        visitor.entry(child.name);
        if (attributes.isDirectory()) {
          visitor.startDirectory();
          children(child.path, relative);
          visitor.endDirectory();
        } else {
          leaf(child.path, attributes);
        }
      } else {
        filtered(child, relative.resolve(child.path.getFileName()), attributes, filter.get());
      }
    }
  }

  private void filtered(
      Child child, Path relative, PosixFileAttributes attributes, TreeFilter chosen)
      throws IOException {
    if (attributes.isDirectory()) {
      if (chosen.enters(relative)) {
        pending.add(Optional.of(child.name));
        int depth = pending.size();
        children(child.path, relative);
        if (pending.size() == depth && pending.getLast().isPresent()) {
          pending.removeLast();
        } else {
          pending.removeLast();
          visitor.endDirectory();
        }
      }
    } else if (chosen.includes(relative)) {
      for (int index = 0; index < pending.size(); index++) {
        if (pending.get(index).isPresent()) {
          visitor.entry(pending.get(index).get());
          visitor.startDirectory();
          pending.set(index, Optional.empty());
        }
      }
      visitor.entry(child.name);
      leaf(child.path, attributes);
    }
  }

  private void leaf(Path path, PosixFileAttributes attributes) throws IOException {
    if (attributes.isSymbolicLink()) {
      visitor.symlink(RawNames.targetOf(path));
    } else if (attributes.isRegularFile()) {
      boolean executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        visitor.file(executable, attributes.size(), new ChannelContents(channel, path));
      }
    } else {
      throw new FileSystemException(
          path.toString(), null, "is neither a file, a directory nor a symbolic link");
    }
  }

  private static PosixFileAttributes attributesOf(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Child> list(Path directory) throws IOException {
    List<Child> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path path : entries) {
        children.add(new Child(RawNames.nameOf(path), path));
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(children);
    return children;
  }

  /// The bytes of a file; a file that got shorter while it was read is an error.
  private static final class ChannelContents extends BulkInputStream
      implements ReadableByteChannel {
    private final FileChannel channel;
    private final Path path;

    ChannelContents(FileChannel channel, Path path) {
      this.channel = channel;
      this.path = path;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      return read(ByteBuffer.wrap(bytes, from, length));
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
      int read = channel.read(buffer);
      if (read < 0) {
        throw new EOFException("'" + path + "' got shorter while it was read");
      }
      return read;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }
}
