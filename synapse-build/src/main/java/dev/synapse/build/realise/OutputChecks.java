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
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the outputs of a derivation may refer to: what the derivation itself says of it, and never
/// each other in a circle (nix-store-formats, sections 9.7 and 9.9).
///
/// `allowedReferences` and `disallowedReferences` are about what an output refers to itself,
/// `allowedRequisites` and `disallowedRequisites` about all that it needs. Each names store paths
/// and outputs of the derivation. A list of what is allowed that names nothing allows nothing.
///
/// The variables of these names hold for every output; then an output that needs itself is no
/// offence. Structured attributes have them in `outputChecks`, for each output apart, beside
/// `maxSize` and `maxClosureSize` in bytes of archives; then it is one.
final class OutputChecks {
  private static final String STRUCTURED = "outputChecks";

  /// One of the derivation's lists.
  private record Rule(String variable, boolean allowed, boolean requisites, Set<StorePath> named) {
    boolean forbids(StorePath path) {
      return named.contains(path) != allowed;
    }
  }

  /// All that holds for one output.
  ///
  /// @param selfCounts whether an output that needs itself offends
  private record Rules(
      List<Rule> lists, boolean selfCounts, OptionalLong maxSize, OptionalLong maxClosureSize) {
    Rules {
      lists = List.copyOf(lists);
    }
  }

  private interface Lists {
    Optional<List<String>> of(String variable) throws RealiseException;
  }

  private final Map<String, StorePath> outputs;
  private final Map<String, Rules> rules;

  private OutputChecks(Map<String, StorePath> outputs, Map<String, Rules> rules) {
    this.outputs = outputs;
    this.rules = rules;
  }

  /// Reads the lists of a derivation.
  ///
  /// @throws RealiseException when one names what is neither a store path nor an output
  static OutputChecks of(StorePath path, Derivation derivation, Attributes attributes)
      throws RealiseException {
    Map<String, Rules> rules = new TreeMap<>();
    if (attributes.structured().isEmpty()) {
      List<Rule> lists = lists(path, derivation, attributes::words);
      for (String output : derivation.outputs().keySet()) {
        rules.put(output, new Rules(lists, false, OptionalLong.empty(), OptionalLong.empty()));
      }
    } else if (attributes.structured().get().get(STRUCTURED) instanceof ObjectNode checks) {
      for (String output : derivation.outputs().keySet()) {
        if (checks.get(output) instanceof ObjectNode given) {
          rules.put(output, structured(path, derivation, attributes, given));
        }
      }
    }
    return new OutputChecks(derivation.outputPaths(), rules);
  }

  private static Rules structured(
      StorePath path, Derivation derivation, Attributes attributes, ObjectNode given)
      throws RealiseException {
    List<Rule> lists =
        lists(
            path,
            derivation,
            name -> {
              JsonNode value = given.get(name);
              return value == null
                  ? Optional.empty()
                  : Optional.of(attributes.strings(name, value));
            });
    return new Rules(
        lists, true, size(attributes, given, "maxSize"), size(attributes, given, "maxClosureSize"));
  }

  private static OptionalLong size(Attributes attributes, ObjectNode given, String name)
      throws RealiseException {
    JsonNode value = given.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw attributes.wrong(name, "a number of bytes");
    }
    return OptionalLong.of(value.longValue());
  }

  private static List<Rule> lists(StorePath path, Derivation derivation, Lists lists)
      throws RealiseException {
    List<Rule> rules = new ArrayList<>();
    for (boolean allowed : new boolean[] {true, false}) {
      for (boolean requisites : new boolean[] {false, true}) {
        String variable =
            (allowed ? "allowed" : "disallowed") + (requisites ? "Requisites" : "References");
        Optional<List<String>> names = lists.of(variable);
        if (names.isPresent()) {
          rules.add(
              new Rule(
                  variable, allowed, requisites, named(path, derivation, variable, names.get())));
        }
      }
    }
    return rules;
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
    for (var output : outputs.entrySet()) {
      ScannedOutput scanned = byPath.get(output.getValue());
      Rules given = rules.get(output.getKey());
      if (scanned != null && given != null) {
        for (Rule rule : given.lists()) {
          apply(rule, given.selfCounts(), output.getKey(), scanned, byPath, store);
        }
        applySizes(given, output.getKey(), scanned, byPath, store);
      }
    }
  }

  private static void apply(
      Rule rule,
      boolean selfCounts,
      String name,
      ScannedOutput output,
      Map<StorePath, ScannedOutput> made,
      LocalStore store)
      throws OutputScan.BadOutput, IOException {
    SortedSet<StorePath> used =
        rule.requisites() ? requisites(output, made, store) : output.references();
    if (rule.requisites() && selfCounts) {
      used.add(output.path());
    }
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

  private static void applySizes(
      Rules given,
      String name,
      ScannedOutput output,
      Map<StorePath, ScannedOutput> made,
      LocalStore store)
      throws OutputScan.BadOutput, IOException {
    requireAtMost(given.maxSize(), "output '%s' has".formatted(name), output.nar().size());
    if (given.maxClosureSize().isPresent()) {
      long size = output.nar().size();
      for (StorePath each : requisites(output, made, store)) {
        ScannedOutput sibling = made.get(each);
        size += sibling == null ? store.find(each).orElseThrow().narSize() : sibling.nar().size();
      }
      requireAtMost(
          given.maxClosureSize(), "output '%s' has with all it needs".formatted(name), size);
    }
  }

  private static void requireAtMost(OptionalLong most, String what, long size)
      throws OutputScan.BadOutput {
    if (most.isPresent() && size > most.getAsLong()) {
      throw new OutputScan.BadOutput(
          "%s %d bytes; the derivation allows %d".formatted(what, size, most.getAsLong()));
    }
  }

  /// All that an output needs, without itself.
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
