package dev.synapse.build.realise;

import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.cache.Substitutes.Offer;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The derivations that have to be built so that some are realised: those that were asked for with
/// an output missing, and of what these need the ones whose *wanted* outputs are missing, and so
/// on. What can be had elsewhere is not built, nor what only it would need. The search goes by
/// distance from what was asked for; for each distance others are asked once.
///
/// @param needs of each derivation the others of the graph that it needs; each after those
/// @param fetches outputs and sources that can be had elsewhere
/// @param offers these, with all that has to come along
record DerivationGraph(
    SequencedMap<StorePath, SortedSet<StorePath>> needs,
    SortedSet<StorePath> fetches,
    SortedMap<StorePath, Offer> offers) {

  /// Looks at the store.
  ///
  /// @param unavailable what was offered and could not be had after all
  static DerivationGraph of(
      Collection<StorePath> roots, Known known, Substitutes substitutes, Set<StorePath> unavailable)
      throws RealiseException, IOException {
    return new Search(known, substitutes, unavailable).from(roots);
  }

  RealisePlan toPlan() {
    return new RealisePlan(List.copyOf(needs.sequencedKeySet()), offers);
  }

  private static final class Search {
    private final Known known;
    private final Substitutes substitutes;
    private final Set<StorePath> unavailable;
    private final Map<StorePath, SortedSet<String>> wanted = new HashMap<>();
    private final SequencedMap<StorePath, Derivation> found = new LinkedHashMap<>();
    private final SortedSet<StorePath> fetches = new TreeSet<>();
    private final SortedMap<StorePath, Offer> offers = new TreeMap<>();
    private SequencedSet<StorePath> open = new LinkedHashSet<>();

    Search(Known known, Substitutes substitutes, Set<StorePath> unavailable) {
      this.known = known;
      this.substitutes = substitutes;
      this.unavailable = unavailable;
    }

    DerivationGraph from(Collection<StorePath> roots) throws RealiseException, IOException {
      for (StorePath root : roots) {
        want(root, known.outputs(root).keySet());
      }
      while (!open.isEmpty()) {
        SequencedSet<StorePath> level = open;
        open = new LinkedHashSet<>();
        look(level);
      }
      List<StorePath> sources = new ArrayList<>();
      for (Derivation derivation : found.values()) {
        sources.addAll(missing(derivation.inputSources()));
      }
      sources.removeAll(unavailable);
      sources.retainAll(offersOf(sources).keySet());
      fetches.addAll(sources);
      offers.putAll(offersOf(fetches));
      return new DerivationGraph(sorted(), fetches, offers);
    }

    private void want(StorePath path, Collection<String> outputs) {
      if (wanted.computeIfAbsent(path, _ -> new TreeSet<>()).addAll(outputs)) {
        open.add(path);
      }
    }

    private void look(Collection<StorePath> level) throws RealiseException, IOException {
      SequencedMap<StorePath, List<StorePath>> lacking = new LinkedHashMap<>();
      Set<StorePath> asked = new TreeSet<>();
      for (StorePath path : level) {
        List<StorePath> missing = missing(wantedOf(path));
        if (!found.containsKey(path) && !missing.isEmpty()) {
          lacking.put(path, missing);
          if (mayBeFetched(path) && Collections.disjoint(missing, unavailable)) {
            asked.addAll(missing);
          }
        }
      }
      Set<StorePath> offered = new TreeSet<>(offersOf(asked).keySet());
      offered.retainAll(asked); // not what would come along
      for (var each : lacking.entrySet()) {
        if (offered.containsAll(each.getValue())) {
          fetches.addAll(each.getValue());
        } else {
          build(each.getKey());
        }
      }
    }

    private List<StorePath> wantedOf(StorePath path) throws RealiseException, IOException {
      List<StorePath> outputs = new ArrayList<>();
      for (String name : wanted.getOrDefault(path, new TreeSet<>())) {
        outputs.add(known.output(path, name));
      }
      return outputs;
    }

    private boolean mayBeFetched(StorePath path) throws RealiseException, IOException {
      return Attributes.of(path, known.derivation(path)).flag("allowSubstitutes", true);
    }

    private void build(StorePath path) throws RealiseException, IOException {
      Derivation derivation = known.derivation(path);
      found.put(path, derivation);
      for (var input : derivation.inputDerivations().entrySet()) {
        want(input.getKey(), input.getValue());
      }
    }

    private List<StorePath> missing(Collection<StorePath> paths) throws IOException {
      List<StorePath> missing = new ArrayList<>();
      for (StorePath path : paths) {
        if (!known.allValid(Set.of(path))) {
          missing.add(path);
        }
      }
      return missing;
    }

    private SortedMap<StorePath, Offer> offersOf(Collection<StorePath> paths) throws IOException {
      return paths.isEmpty() ? new TreeMap<>() : substitutes.offers(paths);
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
