package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

/// A report file that was read.
///
/// @param name relative to the folder that was searched
/// @param format what its content is, such as `JaCoCo XML`
/// @param bytes how large it is
/// @param sha256 digest of its bytes, 64 hexadecimal digits
public record ReportFile(String name, String format, long bytes, String sha256) {
  public ReportFile {
    requireNonNull(name, "name");
    requireNonNull(format, "format");
    requireNonNull(sha256, "sha256");
  }
}
