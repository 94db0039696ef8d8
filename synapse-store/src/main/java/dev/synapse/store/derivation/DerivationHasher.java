package dev.synapse.store.derivation;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Computes hashes modulo fixed outputs (in Nix's sources `hashDerivationModulo`).
///
/// The hash of a derivation is that of its term, in which each input derivation stands as its own
/// hash instead of its path. A fixed output has a hash that follows from its contents alone, so two
/// ways to fetch one file give what is built from it the same path. For its own output paths a
/// derivation is *masked*, its output paths being empty in the term; in the terms of others it is
/// not.
///
/// Each derivation is read once and its hash kept, which makes the cost linear in the graph; depth
/// takes no stack. Several threads may ask at once.
public final class DerivationHasher {
  private final DerivationSource source;
  private final Map<StorePath, HashModulo> known = new ConcurrentHashMap<>();

  /// Reads input derivations from `source`.
  public DerivationHasher(DerivationSource source) {
    this.source = source;
  }

  /// What the derivation's own output paths follow from.
  public HashModulo masked(Derivation derivation) throws IOException, DerivationException {
    return hash(derivation, true);
  }

  /// What stands for the derivation in the terms of others.
  public HashModulo unmasked(Derivation derivation) throws IOException, DerivationException {
    return hash(derivation, false);
  }

  private HashModulo hash(Derivation derivation, boolean masked)
      throws IOException, DerivationException {
    if (derivation.fixedOutput().isEmpty()) {
      for (StorePath input : derivation.inputDerivations().keySet()) {
        learn(input);
      }
    }
    return compute(derivation, masked);
  }

  /// Makes the hash of `root` known, those of its inputs first.
  private void learn(StorePath root) throws IOException, DerivationException {
    Deque<StorePath> waiting = new ArrayDeque<>();
    Map<StorePath, Derivation> begun = new HashMap<>();
    waiting.push(root);
    while (!waiting.isEmpty()) {
      StorePath path = waiting.element();
      if (known.containsKey(path)) {
        waiting.pop();
        continue;
      }
      Derivation derivation = begun.get(path);
      if (derivation == null) {
        derivation = source.read(path);
        begun.put(path, derivation);
        pushUnknownInputs(derivation, waiting, begun);
      } else {
        known.put(path, compute(derivation, false));
        begun.remove(path);
        waiting.pop();
      }
    }
  }

  private void pushUnknownInputs(
      Derivation derivation, Deque<StorePath> waiting, Map<StorePath, Derivation> begun)
      throws DerivationException {
    if (derivation.fixedOutput().isPresent()) {
      return;
    }
    for (StorePath input : derivation.inputDerivations().keySet()) {
      if (begun.containsKey(input)) {
        throw new DerivationException(new DerivationProblem.Cycle(input));
      }
      if (!known.containsKey(input)) {
        waiting.push(input);
      }
    }
  }

  /// The hash of a derivation whose inputs' hashes are known.
  private HashModulo compute(Derivation derivation, boolean masked) throws DerivationException {
    Optional<DerivationOutput.Fixed> fixed = derivation.fixedOutput();
    if (fixed.isPresent()) {
      String output = derivation.outputs().firstKey();
      String text =
          "fixed:out:%s:%s:%s"
              .formatted(
                  fixed.get().method(),
                  fixed.get().hash().toHex(),
                  derivation.outputPath(output).orElseThrow());
      return same(derivation, sha256(text.getBytes(StandardCharsets.UTF_8)), false);
    }
    if (derivation.outputs().values().stream()
        .anyMatch(output -> output instanceof DerivationOutput.Impure)) {
      return same(derivation, sha256("impure".getBytes(StandardCharsets.UTF_8)), true);
    }
    boolean deferred =
        derivation.outputs().values().stream()
            .anyMatch(output -> output instanceof DerivationOutput.Floating);
    SortedMap<String, SortedSet<String>> inputs = new TreeMap<>();
    for (Map.Entry<StorePath, SortedSet<String>> input : derivation.inputDerivations().entrySet()) {
      HashModulo modulo = known.get(input.getKey());
      if (modulo == null) {
        throw new IllegalStateException("the hash of " + input.getKey() + " is not known yet");
      }
      deferred |= modulo.deferred();
      for (String output : input.getValue()) {
        Hash hash = modulo.hashes().get(output);
        if (hash == null) {
          throw new DerivationException(
              new DerivationProblem.NoSuchOutput(input.getKey().name(), output));
        }
        inputs.computeIfAbsent(hash.toHex(), _ -> new TreeSet<>()).add(output);
      }
    }
    return same(derivation, sha256(DerivationPrinter.print(derivation, inputs, masked)), deferred);
  }

  private static HashModulo same(Derivation derivation, Hash hash, boolean deferred) {
    SortedMap<String, Hash> hashes = new TreeMap<>();
    derivation.outputs().keySet().forEach(output -> hashes.put(output, hash));
    return new HashModulo(hashes, deferred);
  }

  private static Hash sha256(byte[] contents) {
    return Hash.of(HashAlgorithm.SHA256, contents);
  }
}
