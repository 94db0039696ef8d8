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
  record Text(Status status, String text) implements Reply {}

  /// 404.
  static Reply notFound(String text) {
    return new Text(Status.NOT_FOUND, text);
  }

  /// What an answer begins with (RFC 9110, section 15).
  enum Status {
    OK(200, "OK"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    BAD_GATEWAY(502, "Bad Gateway");

    private final int code;
    private final String reason;

    Status(int code, String reason) {
      this.code = code;
      this.reason = reason;
    }

    @Override
    public String toString() {
      return code + " " + reason;
    }
  }
}
