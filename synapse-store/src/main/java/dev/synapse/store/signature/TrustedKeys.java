package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The public keys whose signatures count, found by their names. Of two with the same name the
/// first counts, as in Nix.
public final class TrustedKeys {
  /// No key: only what follows from its contents is accepted.
  public static final TrustedKeys NONE = new TrustedKeys(List.of());

  private final Map<String, VerificationKey> keys = new TreeMap<>();

  /// Trusts `keys`.
  public TrustedKeys(Collection<VerificationKey> keys) {
    keys.forEach(each -> this.keys.putIfAbsent(each.name(), each));
  }

  /// Reads written keys with blanks or line ends between them, as Nix's `trusted-public-keys`.
  public static TrustedKeys parse(String text) throws KeyException {
    List<VerificationKey> keys = new ArrayList<>();
    for (String each : text.strip().split("\\s+", -1)) {
      if (!each.isEmpty()) {
        keys.add(VerificationKey.parse(each));
      }
    }
    return new TrustedKeys(keys);
  }

  /// The names, sorted.
  public List<String> names() {
    return List.copyOf(keys.keySet());
  }

  /// Whether one of `signatures` is of `message` and by a key of these.
  ///
  /// @param signatures written ones; those of other names do not count, whatever they are
  /// @throws KeyException if one by the name of a key of these is malformed, whatever the others
  ///   are; Nix refuses that too
  public boolean verifyAny(ByteString message, Collection<String> signatures) throws KeyException {
    boolean verified = false;
    for (String text : signatures) {
      VerificationKey key = keys.get(Signature.nameIn(text));
      if (key != null) {
        verified |= key.verifies(message, Signature.parse(text));
      }
    }
    return verified;
  }
}
