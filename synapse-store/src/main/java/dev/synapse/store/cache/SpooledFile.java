package dev.synapse.store.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file on its way into a cache behind a network: written to this disk first, for its size has to
/// be known before it is sent, and it may have to be sent twice.
final class SpooledFile implements PendingFile {
  private final Path scratch;
  private final OutputStream out;
  private final Upload upload;

  /// Sends a whole file.
  interface Upload {
    void send(String file, Path contents) throws IOException;
  }

  /// Begins a file in the folder `place`, which `upload` gets in the end.
  SpooledFile(Path place, Upload upload) throws IOException {
    this.scratch = Files.createTempFile(place, "synapse-cache-", null);
    this.out = Files.newOutputStream(scratch);
    this.upload = upload;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void commit(String file) throws IOException {
    out.close();
    upload.send(file, scratch);
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(scratch);
  }
}
