package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;

/// What an archive says, in its order: one file, link or directory. Between [#startDirectory()] and
/// [#endDirectory()] come the entries, each as [#entry] and then the node it names.
public interface NarVisitor {
  /// A regular file.
  ///
  /// @param size the number of bytes in `contents`
  /// @param contents to be read until `size` bytes came, or less; not to be kept
  void file(boolean executable, long size, InputStream contents) throws IOException;

  /// A symbolic link.
  void symlink(ByteString target) throws IOException;

  /// A directory begins.
  void startDirectory() throws IOException;

  /// The next entry of the directory that began last and has not ended.
  void entry(ByteString name) throws IOException;

  /// The directory that began last ends.
  void endDirectory() throws IOException;
}
