package dev.synapse.store.cache;

import java.io.IOException;
import java.io.OutputStream;

/// A file on its way into a cache. Nobody sees it before [#commit]; closed without that, it leaves
/// nothing behind.
public interface PendingFile extends AutoCloseable {
  /// Takes the contents.
  OutputStream out();

  /// Puts the file under its name, replacing the one before; after this nothing can be written.
  void commit(String file) throws IOException;

  @Override
  void close() throws IOException;
}
