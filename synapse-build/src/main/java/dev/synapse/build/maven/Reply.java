package dev.synapse.build.maven;

import dev.synapse.store.hash.Hash;
import java.nio.file.Path;

/// What a file server answers to one request.
sealed interface Reply {
  /// 200 with a file's bytes.
  ///
  /// @param sha1 of the content, told in a header, so that Maven need not ask for it
  record Content(Path file, long size, Hash sha1) implements Reply {}

  /// Any status, with a line of text.
  record Text(int status, String text) implements Reply {}

  /// 404.
  static Reply notFound(String text) {
    return new Text(404, text);
  }
}
