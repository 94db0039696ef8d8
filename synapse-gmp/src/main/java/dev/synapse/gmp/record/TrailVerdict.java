package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.sign.VerifyKey;
import java.util.List;
import java.util.Optional;

/// What checking a trail found.
///
/// @param entries how many whole entries hold together, from the first on
/// @param batches how many of them are batches
/// @param hash of the last of them
/// @param heads how many signed heads among them were checked
/// @param keys who signed them
/// @param torn how many bytes of an unfinished line follow
/// @param broken the first thing that is wrong
public record TrailVerdict(
    long entries,
    long batches,
    String hash,
    long heads,
    List<VerifyKey> keys,
    long torn,
    Optional<RecordProblem> broken) {
  /// Copies the list.
  public TrailVerdict {
    requireNonNull(hash, "hash");
    requireNonNull(broken, "broken");
    keys = List.copyOf(keys);
  }

  /// Whether nothing is wrong. An unfinished line is not: an append was interrupted.
  public boolean sound() {
    return broken.isEmpty();
  }
}
