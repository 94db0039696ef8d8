package dev.synapse.build.realise;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// What was read of a store while one graph is realised: derivations, and what valid paths refer
/// to, neither of which ever changes. Every path that it is asked for is kept from the collector.
final class Known {
  private final LocalStore store;
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();
  private final Map<StorePath, SortedSet<StorePath>> references = new ConcurrentHashMap<>();

  Known(LocalStore store) {
    this.store = store;
  }

  /// Reads a derivation, the first time.
  ///
  /// @throws RealiseException when it is not there, or damaged
  Derivation derivation(StorePath path) throws RealiseException, IOException {
    Derivation known = derivations.get(path);
    if (known == null) {
      store.addTemporaryRoot(path);
      try {
        known = store.readDerivation(path);
      } catch (DerivationException e) {
        throw new RealiseException(String.valueOf(e.getMessage()), e);
      }
      derivations.put(path, known);
    }
    return known;
  }

  /// The outputs of a derivation.
  ///
  /// @throws RealiseException when their paths are not known before the build
  SortedMap<String, StorePath> outputs(StorePath path) throws RealiseException, IOException {
    return outputs(path, derivation(path));
  }

  /// The same of a derivation that need not be in the store.
  static SortedMap<String, StorePath> outputs(StorePath path, Derivation derivation)
      throws RealiseException {
    SortedMap<String, StorePath> outputs = derivation.outputPaths();
    if (outputs.size() != derivation.outputs().size()) {
      throw new RealiseException(
          "'%s' has outputs whose paths are known only after the build; that is not supported"
              .formatted(path));
    }
    return outputs;
  }

  /// The path of one output.
  ///
  /// @throws RealiseException when there is no such output
  StorePath output(StorePath path, String name) throws RealiseException, IOException {
    StorePath output = outputs(path).get(name);
    if (output == null) {
      throw new RealiseException("'%s' has no output '%s'".formatted(path, name));
    }
    return output;
  }

  /// Whether all of these are valid; from now on none of them is collected.
  boolean allValid(Iterable<StorePath> paths) throws IOException {
    for (StorePath path : paths) {
      store.addTemporaryRoot(path);
    }
    for (StorePath path : paths) {
      if (!references.containsKey(path) && !store.isValid(path)) {
        return false;
      }
    }
    return true;
  }

  /// All that the builder of `derivation` finds in the store.
  ///
  /// @throws RealiseException when an input is not valid
  SortedSet<StorePath> inputClosure(Derivation derivation) throws RealiseException, IOException {
    SortedSet<StorePath> inputs = new TreeSet<>(derivation.inputSources());
    for (var input : derivation.inputDerivations().entrySet()) {
      for (String wanted : input.getValue()) {
        inputs.add(output(input.getKey(), wanted));
      }
    }
    for (StorePath input : inputs) {
      if (!allValid(Set.of(input))) {
        throw new RealiseException("input '%s' is not in the store".formatted(input));
      }
    }
    SortedSet<StorePath> closure = new TreeSet<>(inputs);
    Deque<StorePath> open = new ArrayDeque<>(inputs);
    while (!open.isEmpty()) {
      for (StorePath reference : references(open.pop())) {
        if (closure.add(reference)) {
          open.push(reference);
        }
      }
    }
    return closure;
  }

  private SortedSet<StorePath> references(StorePath path) throws IOException {
    SortedSet<StorePath> known = references.get(path);
    if (known == null) {
      known = store.references(path);
      references.put(path, known);
    }
    return known;
  }

  /// Notes what a path that has just become valid refers to.
  void becameValid(StorePath path, SortedSet<StorePath> refersTo) {
    references.put(path, refersTo);
  }
}
