package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

/// A source file that belongs to what is measured but could not be: it is not text, or not of its
/// language. Where there is one, the figures are not those of the whole.
///
/// @param reason one line, where possible with the line of the file
public record Unreadable(String path, String reason) {
  public Unreadable {
    requireNonNull(path, "path");
    requireNonNull(reason, "reason");
  }
}
