package dev.synapse.store.cache;

import dev.synapse.store.signature.KeyException;
import dev.synapse.store.signature.Signature;
import dev.synapse.store.signature.TrustedKeys;
import java.util.List;

/// Whom to believe. What a cache says of a path is believed if the path follows from its contents,
/// or if a trusted key signed it; the rest is refused.
///
/// @param keys whose signatures count
public record Trust(TrustedKeys keys) {
  /// Refuses what nothing vouches for. The contents still have to be compared.
  ///
  /// @param cache where it comes from, for the message
  public void require(String cache, NarInfo told) throws CacheException {
    List<String> signatures = told.info().signatures();
    boolean signed;
    try {
      signed = keys.verifyAny(told.fingerprint(), signatures);
    } catch (KeyException e) {
      throw new CacheException(
          new CacheProblem.BadSignature(cache, told.path(), e.problem().message()));
    }
    if (!signed && !told.info().followsFromAddress()) {
      List<String> seen =
          signatures.stream()
              .map(Signature::nameIn)
              .filter(name -> !name.isEmpty())
              .distinct()
              .toList();
      throw new CacheException(new CacheProblem.Untrusted(cache, told.path(), seen, keys.names()));
    }
  }
}
