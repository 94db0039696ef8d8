package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;

/// A departure from what was asked, which somebody has to answer.
///
/// @param subject what departs: a test, a limit
/// @param message how
/// @param answer the waiver that answers it; empty while nobody has
public record Deviation(Kind kind, String subject, String message, Optional<String> answer) {
  /// What departs.
  public enum Kind {
    /// A test that failed or broke.
    FAILING_TEST,
    /// A limit that is not met, or not measured.
    LIMIT,
    /// A waiver that holds no more.
    EXPIRED_WAIVER;

    /// The name in documents: `failing-test`.
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Deviation {
    requireNonNull(kind, "kind");
    requireNonNull(subject, "subject");
    requireNonNull(message, "message");
    requireNonNull(answer, "answer");
  }
}
