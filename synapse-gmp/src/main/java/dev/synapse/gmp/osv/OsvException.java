package dev.synapse.gmp.osv;

import java.io.Serial;

/// A snapshot that cannot be read whole: what is missing in it would be missing in the findings.
public final class OsvException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  OsvException(String document, String reason) {
    super("OSV document '%s' cannot be read: %s".formatted(document, reason));
  }
}
