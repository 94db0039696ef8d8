package dev.synapse.gmp.attest;

import java.io.Serial;

/// An attestation that cannot be read, or is not to be trusted.
public final class AttestException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  AttestException(String what, String reason) {
    super("%s: %s".formatted(what, reason));
  }
}
