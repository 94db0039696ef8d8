package dev.synapse.build.debian;

import dev.synapse.build.document.Words;
import java.time.Instant;
import java.util.List;

/// Why a Debian toolchain root could not be locked or made.
public sealed interface DebianProblem {
  /// One line for a person.
  String message();

  /// The signed list of a suite is not signed as it must be.
  record BadSignature(String place, String reason) implements DebianProblem {
    @Override
    public String message() {
      return "'%s' is not signed by the Debian archive: %s".formatted(place, reason);
    }
  }

  /// The signed list says something else than what was asked for, or cannot be understood.
  record BadRelease(String place, String reason) implements DebianProblem {
    @Override
    public String message() {
      return "'%s' was refused: %s".formatted(place, reason);
    }
  }

  /// The signed list was valid only until a time that is over: an old copy may be served.
  record Expired(String place, Instant until) implements DebianProblem {
    @Override
    public String message() {
      return "'%s' was valid until %s: the mirror serves an old copy, or the clock of this machine is wrong"
          .formatted(place, until);
    }
  }

  /// A list of packages, or a package, cannot be understood.
  record Malformed(String file, String reason) implements DebianProblem {
    @Override
    public String message() {
      return "'%s' is malformed: %s".formatted(file, reason);
    }
  }

  /// There is nothing of the name that was asked for.
  ///
  /// @param nearest names that there are and that may have been meant; may be empty
  record Unknown(Asked asked, String name, String where, List<String> nearest)
      implements DebianProblem {
    /// Copies the list.
    public Unknown {
      nearest = List.copyOf(nearest);
    }

    @Override
    public String message() {
      return "there is no %s '%s' in %s%s"
          .formatted(
              asked.word, name, where, nearest.isEmpty() ? "" : "; " + Words.hint(name, nearest));
    }
  }

  /// What can be asked for by name.
  enum Asked {
    /// A suite of the archive.
    SUITE("suite"),
    /// A component of a suite.
    COMPONENT("component"),
    /// A package of a suite.
    PACKAGE("package");

    private final String word;

    Asked(String word) {
      this.word = word;
    }
  }

  /// No package satisfies what is needed.
  ///
  /// @param chain from a package that was asked for to the one that needs it
  record Missing(String suite, String wanted, List<String> chain) implements DebianProblem {
    /// Copies the list.
    public Missing {
      chain = List.copyOf(chain);
    }

    @Override
    public String message() {
      return "nothing in the Debian suite %s satisfies '%s', which %s needs"
          .formatted(suite, wanted, String.join(" \u2192 ", chain));
    }
  }

  /// Two packages of the result exclude each other.
  record Conflict(String name, String other, String relation, List<String> chain)
      implements DebianProblem {
    /// Copies the list.
    public Conflict {
      chain = List.copyOf(chain);
    }

    @Override
    public String message() {
      return "the packages '%s' and '%s' exclude each other (%s); '%s' comes by %s"
          .formatted(name, other, relation, name, String.join(" \u2192 ", chain));
    }
  }

  /// A declared link cannot be made.
  record BadLink(String link, String target, String reason) implements DebianProblem {
    @Override
    public String message() {
      return "link '%s' to '%s' was not made: %s".formatted(link, target, reason);
    }
  }

  /// The mirror no longer has a locked package, and no other place is known.
  record Gone(String name, String version, String reason) implements DebianProblem {
    @Override
    public String message() {
      return "no mirror has version %s of '%s' any more: %s".formatted(version, name, reason);
    }
  }
}
