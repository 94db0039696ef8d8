package dev.synapse.build.realise;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The derivations that have to be built so that some are realised: those that were asked for with
/// an output missing, and of what these need the ones whose *wanted* outputs are missing, and so
/// on. What a substituter has is not built, nor what only it would need.
///
/// @param needs of each derivation the others of the graph that it needs; each after those
/// @param fetches what a substituter has
record DerivationGraph(
    SequencedMap<StorePath, SortedSet<StorePath>> needs, SortedSet<StorePath> fetches) {

  /// Looks at the store.
  ///
  /// @param unavailable what a substituter offered and could not give
  static DerivationGraph of(
      Collection<StorePath> roots, Known known, Substituter substituter, Set<StorePath> unavailable)
      throws RealiseException, IOException, InterruptedException {
    return new Search(known, substituter, unavailable).from(roots);
  }

  RealisePlan toPlan() {
    return new RealisePlan(List.copyOf(needs.sequencedKeySet()), fetches);
  }

  private static final class Search {
    private final Known known;
    private final Substituter substituter;
    private final Set<StorePath> unavailable;
    private final Map<StorePath, SortedSet<String>> wanted = new HashMap<>();
    private final SequencedMap<StorePath, Derivation> found = new LinkedHashMap<>();
    private final SortedSet<StorePath> fetches = new TreeSet<>();
    private final Deque<StorePath> open = new ArrayDeque<>();

    Search(Known known, Substituter substituter, Set<StorePath> unavailable) {
      this.known = known;
      this.substituter = substituter;
      this.unavailable = unavailable;
    }

    DerivationGraph from(Collection<StorePath> roots)
        throws RealiseException, IOException, InterruptedException {
      for (StorePath root : roots) {
        want(root, known.outputs(root).keySet());
      }
      while (!open.isEmpty()) {
        look(open.remove());
      }
      return new DerivationGraph(sorted(), fetches);
    }

    private void want(StorePath path, Collection<String> outputs) {
      if (wanted.computeIfAbsent(path, _ -> new TreeSet<>()).addAll(outputs)) {
        open.add(path);
      }
    }

    private void look(StorePath path) throws RealiseException, IOException, InterruptedException {
      if (found.containsKey(path)) {
        return;
      }
      List<StorePath> outputs = new ArrayList<>();
      for (String name : wanted.getOrDefault(path, new TreeSet<>())) {
        outputs.add(known.output(path, name));
      }
      Derivation derivation = known.derivation(path);
      if (known.allValid(outputs) || fetch(derivation, path, outputs)) {
        return;
      }
      found.put(path, derivation);
      fetchSources(derivation);
      for (var input : derivation.inputDerivations().entrySet()) {
        want(input.getKey(), input.getValue());
      }
    }

    private boolean fetch(Derivation derivation, StorePath path, List<StorePath> outputs)
        throws RealiseException, IOException, InterruptedException {
      if (!Attributes.of(path, derivation).flag("allowSubstitutes", true)) {
        return false;
      }
      List<StorePath> missing = missing(outputs);
      Set<StorePath> offered = substituter.offered(missing);
      if (missing.isEmpty() || !offered.containsAll(missing)) {
        return false;
      }
      fetches.addAll(missing);
      return true;
    }

    /// Those that are neither here nor were found to be nowhere else.
    private List<StorePath> missing(Collection<StorePath> paths) throws IOException {
      List<StorePath> missing = new ArrayList<>();
      for (StorePath path : paths) {
        if (unavailable.contains(path)) {
          return List.of();
        }
        if (!known.allValid(Set.of(path))) {
          missing.add(path);
        }
      }
      return missing;
    }

    private void fetchSources(Derivation derivation) throws IOException, InterruptedException {
      List<StorePath> missing = new ArrayList<>();
      for (StorePath source : derivation.inputSources()) {
        if (!unavailable.contains(source) && !known.allValid(Set.of(source))) {
          missing.add(source);
        }
      }
      if (!missing.isEmpty()) {
        fetches.addAll(substituter.offered(missing));
      }
    }

    /// Each after those it needs, as near to the order of the search as that allows.
    private SequencedMap<StorePath, SortedSet<StorePath>> sorted() {
      SequencedMap<StorePath, SortedSet<StorePath>> sorted = new LinkedHashMap<>();
      for (StorePath start : found.sequencedKeySet()) {
        Deque<StorePath> stack = new ArrayDeque<>(List.of(start));
        while (!stack.isEmpty()) {
          StorePath next = stack.peek();
          SortedSet<StorePath> inputs = new TreeSet<>();
          Derivation derivation = found.get(next);
          if (derivation != null) {
            inputs.addAll(derivation.inputDerivations().keySet());
          }
          inputs.retainAll(found.keySet());
          List<StorePath> first =
              inputs.stream().filter(input -> !sorted.containsKey(input)).toList();
          if (first.isEmpty()) {
            stack.pop();
            sorted.putIfAbsent(next, inputs);
          } else {
            first.forEach(stack::push);
          }
        }
      }
      return sorted;
    }
  }
}
