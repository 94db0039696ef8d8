package dev.synapse.gmp.waiver;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Scope;
import java.time.LocalDate;

/// Leave to miss one limit, or for one finding not to count, until a day.
///
/// @param id by which reports name it
/// @param target what it gives leave for
/// @param grounds why, and who says so
/// @param expires the last day on which it holds
public record Waiver(String id, Target target, Grounds grounds, LocalDate expires) {
  /// What a waiver gives leave for.
  public sealed interface Target {
    /// One limit.
    ///
    /// @param module the module's name; empty for the whole project
    record OfLimit(Metric metric, Scope scope, String module) implements Target {
      public OfLimit {
        requireNonNull(metric, "metric");
        requireNonNull(scope, "scope");
        requireNonNull(module, "module");
      }
    }

    /// One finding.
    record OfFinding(String fingerprint) implements Target {
      public OfFinding {
        requireNonNull(fingerprint, "fingerprint");
      }
    }

    /// As reports show it: `limit test_coverage`, `finding 0123456789abcdef`.
    default String shown() {
      return switch (this) {
        case OfLimit(var metric, var scope, var module) ->
            "limit "
                + metric.id()
                + (scope == Scope.PROJECT ? "" : " (" + scope.id() + ")")
                + (module.isEmpty() ? "" : " of " + module);
        case OfFinding(var fingerprint) -> "finding " + fingerprint;
      };
    }
  }

  /// Why somebody gives leave.
  ///
  /// @param reason why the limit is missed
  /// @param risk what may come of it
  /// @param requestedBy who asked
  /// @param approvedBy who signed, somebody else
  public record Grounds(String reason, String risk, String requestedBy, String approvedBy) {
    public Grounds {
      requireNonNull(reason, "reason");
      requireNonNull(risk, "risk");
      if (requestedBy.equalsIgnoreCase(approvedBy)) {
        throw new IllegalArgumentException(
            "'%s' approves a request of their own".formatted(approvedBy));
      }
    }
  }

  public Waiver {
    requireNonNull(id, "id");
    requireNonNull(target, "target");
    requireNonNull(grounds, "grounds");
    requireNonNull(expires, "expires");
  }

  /// Whether it holds no more.
  public boolean isExpired(LocalDate day) {
    return day.isAfter(expires);
  }
}
