package dev.synapse.sandbox;

import java.io.IOException;

/// Takes what a sandboxed process writes to its standard output and error, as one stream of bytes,
/// from one thread. A slow sink slows the process down; one that throws ends it.
@FunctionalInterface
public interface LogSink {
  /// `length` bytes of `buffer` from `offset`; the buffer is used again afterwards.
  void write(byte[] buffer, int offset, int length) throws IOException;
}
