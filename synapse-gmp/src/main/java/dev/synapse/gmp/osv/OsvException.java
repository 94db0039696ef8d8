package dev.synapse.gmp.osv;

import java.io.Serial;

/// A snapshot, a bill of materials or a VEX document that cannot be read whole: what is missing in
/// it would be missing in the findings.
public final class OsvException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private OsvException(String message) {
    super(message);
  }

  static OsvException ofAdvisory(String document, String reason) {
    return new OsvException("OSV document '%s' cannot be read: %s".formatted(document, reason));
  }

  static OsvException ofBill(String document, String reason) {
    return new OsvException("bill of materials '%s': %s".formatted(document, reason));
  }

  static OsvException ofVex(String document, String reason) {
    return new OsvException("VEX document '%s': %s".formatted(document, reason));
  }
}
