package dev.synapse.build.realise;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What the outputs of a derivation may refer to: what the derivation itself says of it, and never
/// each other in a circle (nix-store-formats, sections 9.7 and 9.9).
///
/// `allowedReferences` and `disallowedReferences` are about what an output refers to itself,
/// `allowedRequisites` and `disallowedRequisites` about all that it needs but itself. Each names
/// store paths and outputs of the derivation, and holds for every output. A list of what is allowed
/// that names nothing allows nothing.
final class OutputChecks {
  /// One of the derivation's lists.
  private record Rule(String variable, boolean allowed, boolean requisites, Set<StorePath> named) {
    boolean forbids(StorePath path) {
      return named.contains(path) != allowed;
    }
  }

  private final Map<String, StorePath> outputs;
  private final List<Rule> rules;

  private OutputChecks(Map<String, StorePath> outputs, List<Rule> rules) {
    this.outputs = outputs;
    this.rules = rules;
  }

  /// Reads the lists of a derivation.
  ///
  /// @throws RealiseException when one names what is neither a store path nor an output
  static OutputChecks of(StorePath path, Derivation derivation) throws RealiseException {
    List<Rule> rules = new ArrayList<>();
    for (boolean allowed : new boolean[] {true, false}) {
      for (boolean requisites : new boolean[] {false, true}) {
        String variable =
            (allowed ? "allowed" : "disallowed") + (requisites ? "Requisites" : "References");
        Optional<List<String>> names = BuilderEnvironment.words(derivation, variable);
        if (names.isPresent()) {
          rules.add(
              new Rule(
                  variable, allowed, requisites, named(path, derivation, variable, names.get())));
        }
      }
    }
    return new OutputChecks(derivation.outputPaths(), rules);
  }

  private static Set<StorePath> named(
      StorePath path, Derivation derivation, String variable, List<String> names)
      throws RealiseException {
    Set<StorePath> named = new TreeSet<>();
    for (String name : names) {
      Optional<StorePath> output = derivation.outputPath(name);
      try {
        named.add(output.isPresent() ? output.get() : StorePath.parse(name));
      } catch (StorePathException e) {
        throw new RealiseException(
            "'%s' has '%s' in %s, which is neither a store path nor one of its outputs"
                .formatted(path, name, variable),
            e);
      }
    }
    return named;
  }

  /// Looks at all outputs of one build together.
  ///
  /// @param store holds all else that they refer to
  void apply(List<ScannedOutput> made, LocalStore store) throws OutputScan.BadOutput, IOException {
    Map<StorePath, ScannedOutput> byPath = new HashMap<>();
    made.forEach(output -> byPath.put(output.path(), output));
    requireNoCircle(byPath);
    for (Rule rule : rules) {
      for (var output : outputs.entrySet()) {
        ScannedOutput scanned = byPath.get(output.getValue());
        if (scanned != null) {
          apply(rule, output.getKey(), scanned, byPath, store);
        }
      }
    }
  }

  private static void apply(
      Rule rule,
      String name,
      ScannedOutput output,
      Map<StorePath, ScannedOutput> made,
      LocalStore store)
      throws OutputScan.BadOutput, IOException {
    Set<StorePath> used = rule.requisites() ? requisites(output, made, store) : output.references();
    List<StorePath> forbidden = used.stream().filter(rule::forbids).toList();
    if (!forbidden.isEmpty()) {
      throw new OutputScan.BadOutput(
          "output '%s' %s %s, which its %s %s"
              .formatted(
                  name,
                  rule.requisites() ? "needs" : "refers to",
                  forbidden.stream().map(StorePath::toString).collect(Collectors.joining(", ")),
                  rule.variable(),
                  rule.allowed() ? "does not name" : "names"));
    }
  }

  private static SortedSet<StorePath> requisites(
      ScannedOutput output, Map<StorePath, ScannedOutput> made, LocalStore store)
      throws IOException {
    SortedSet<StorePath> found = new TreeSet<>();
    Set<StorePath> inStore = new TreeSet<>();
    Deque<StorePath> open = new ArrayDeque<>(output.references());
    while (!open.isEmpty()) {
      StorePath next = open.pop();
      ScannedOutput sibling = made.get(next);
      if (sibling == null) {
        inStore.add(next);
      } else if (found.add(next)) {
        open.addAll(sibling.references());
      }
    }
    found.addAll(store.closure(inStore));
    found.remove(output.path());
    return found;
  }

  /// Takes away, again and again, the outputs that no longer wait for another one.
  private static void requireNoCircle(Map<StorePath, ScannedOutput> made)
      throws OutputScan.BadOutput {
    Map<StorePath, ScannedOutput> left = new HashMap<>(made);
    while (left.values().removeIf(output -> !refersToOther(output, left.keySet()))) {
      // until none goes any more
    }
    if (!left.isEmpty()) {
      throw new OutputScan.BadOutput(
          "outputs refer to each other in a circle: "
              + new TreeSet<>(left.keySet())
                  .stream().map(StorePath::toString).collect(Collectors.joining(", ")));
    }
  }

  private static boolean refersToOther(ScannedOutput output, Set<StorePath> others) {
    return output.references().stream()
        .anyMatch(path -> !path.equals(output.path()) && others.contains(path));
  }
}
