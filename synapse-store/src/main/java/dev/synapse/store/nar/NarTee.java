package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;

/// Restores a tree and writes its archive at once: each byte of a file is read one time.
final class NarTee implements NarVisitor {
  private final TreeRestore tree;
  private final NarWriter archive;

  NarTee(TreeRestore tree, NarWriter archive) {
    this.tree = tree;
    this.archive = archive;
  }

  @Override
  public void file(boolean executable, long size, InputStream contents) throws IOException {
    try (InputStream restoring = tree.restoring(executable, contents)) {
      archive.file(executable, size, restoring);
    }
  }

  @Override
  public void symlink(ByteString target) throws IOException {
    tree.symlink(target);
    archive.symlink(target);
  }

  @Override
  public void startDirectory() throws IOException {
    tree.startDirectory();
    archive.startDirectory();
  }

  @Override
  public void entry(ByteString name) throws IOException {
    tree.entry(name);
    archive.entry(name);
  }

  @Override
  public void endDirectory() throws IOException {
    tree.endDirectory();
    archive.endDirectory();
  }
}
