package dev.synapse.gmp.sign;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A line of the allowed signers.
///
/// @param principals names or patterns, separated by commas
/// @param namespaces patterns; none allows every namespace
/// @param after the first moment at which the key is valid
/// @param before the last one
public record AllowedSigner(
    String principals,
    VerifyKey key,
    List<String> namespaces,
    Optional<Instant> after,
    Optional<Instant> before) {
  /// Copies the list.
  public AllowedSigner {
    requireNonNull(principals, "principals");
    requireNonNull(key, "key");
    namespaces = List.copyOf(namespaces);
  }

  boolean allows(VerifyKey signer, String namespace, Optional<String> principal) {
    return key.equals(signer)
        && principal.map(name -> Patterns.match(List.of(principals.split(",")), name)).orElse(true)
        && (namespaces.isEmpty() || Patterns.match(namespaces, namespace));
  }

  /// How the key is out of its time at `moment`; empty if it is valid then.
  Optional<String> outOfTime(Instant moment) {
    return after
        .filter(moment::isBefore)
        .map("is not valid before %s"::formatted)
        .or(() -> before.filter(moment::isAfter).map("is not valid after %s"::formatted));
  }
}
