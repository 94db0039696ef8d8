package dev.synapse.store.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;

/// An answer of a server: what a file is, and how to write it.
///
/// @param type the media type
/// @param size in bytes, where it is known before
/// @param tag names the contents, for clients that go on with what they began
/// @param body writes all of it
record Served(String type, OptionalLong size, Optional<String> tag, Body body) {
  /// Writes contents, as often as it is asked to.
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  static Served of(String type, byte[] contents) {
    return new Served(
        type, OptionalLong.of(contents.length), Optional.empty(), out -> out.write(contents));
  }
}
