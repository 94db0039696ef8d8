package dev.synapse.gmp.policy;

import dev.synapse.build.document.Node;
import dev.synapse.build.document.Problems;
import dev.synapse.build.document.Section;
import dev.synapse.build.document.Words;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/// Turns the tables of a policy file into a [Policy], and notes every violation. What it gives is
/// to be used only when nothing was noted. `schemas/gate-policy-v1.json` says the same; a test
/// holds the two together.
final class PolicyFile {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,49}");
  private static final String STAGE_NAME = "the name of a stage, a-z, 0-9 and -";
  private static final String LIMIT = "limit";
  private static final String SEVERITY = "error or warning";
  private static final int MOST_RECORDS = 1000;
  private static final int VERSION = 1;

  /// The floor of changed lines has a table of its own.
  private static final List<Metric> LIMITED =
      Arrays.stream(Metric.values()).filter(metric -> metric.allows(Scope.PROJECT)).toList();

  private final Section root;
  private final SequencedMap<String, StageLimits> stages = new LinkedHashMap<>();

  PolicyFile(Problems problems, Node.Table content) {
    root = Section.root(problems, content);
    Policy.builtIn().stages().forEach(stage -> stages.put(stage.name(), stage));
  }

  Policy read() {
    if (!root.has("version")) {
      root.noteMissing("version", "1");
    }
    root.whole("version", VERSION, VERSION);
    root.section("stages").ifPresent(this::readStages);
    List<String> ladder = ladder();
    List<ModuleLimits> modules = root.has("modules") ? modules() : List.of();
    Optional<Ratchet> ratchet = root.section("ratchet").map(PolicyFile::ratchet);
    int promotion = root.section("promotion").map(PolicyFile::promotion).orElse(Policy.PROMOTION);
    BigDecimal floor = root.section("changed").map(PolicyFile::floor).orElse(Policy.FLOOR);
    root.finish();
    return new Policy(List.copyOf(stages.values()), ladder, modules, ratchet, promotion, floor);
  }

  private void readStages(Section tables) {
    for (String name : List.copyOf(tables.keys())) {
      if (!NAME.matcher(name).matches()) {
        tables.note(name, "expected " + STAGE_NAME);
      }
      tables.section(name).ifPresent(section -> stages.put(name, stage(name, section)));
    }
    tables.finish();
  }

  /// What it does not speak of stays as the stage it starts from, or the built-in one, has it.
  private StageLimits stage(String name, Section section) {
    Optional<String> from = section.text("from", STAGE_NAME, Optional::of);
    if (from.isPresent() && !stages.containsKey(from.get())) {
      section.note("from", "no stage before this has that name; " + hint(from.get()));
    }
    StageLimits start =
        Optional.ofNullable(stages.get(from.orElse(name))).orElse(new StageLimits(name, List.of()));
    Map<Metric, List<Limit>> limits = new EnumMap<>(Metric.class);
    start
        .limits()
        .forEach(
            limit -> limits.computeIfAbsent(limit.metric(), _ -> new ArrayList<>()).add(limit));
    limits.putAll(limits(section));
    section.finish();
    return new StageLimits(name, limits.values().stream().flatMap(List::stream).toList());
  }

  private String hint(String name) {
    return Words.hint(name, stages.keySet());
  }

  private List<String> ladder() {
    List<String> names = root.someTexts("ladder", STAGE_NAME, text -> Optional.of(text));
    List<String> known = names.stream().filter(stages::containsKey).toList();
    for (String name : names) {
      if (!stages.containsKey(name)) {
        root.noteItem("ladder", name, "no stage is called '%s'; %s".formatted(name, hint(name)));
      }
    }
    return root.has("ladder") ? known : Policy.builtIn().ladder();
  }

  private List<ModuleLimits> modules() {
    List<ModuleLimits> modules = new ArrayList<>();
    for (Section section : root.sections("modules")) {
      String pattern =
          section
              .neededText(
                  "name",
                  "the name of a module, * for anything",
                  text -> text.isEmpty() ? Optional.empty() : Optional.of(text))
              .orElse("*");
      List<Limit> limits = new ArrayList<>();
      limits(section)
          .forEach(
              (metric, each) -> {
                if (metric.isPerModule()) {
                  limits.addAll(each);
                } else {
                  section.note(metric.id(), "only a whole build has it, no module");
                }
              });
      section.finish();
      modules.add(new ModuleLimits(pattern, limits));
    }
    return modules;
  }

  private static Map<Metric, List<Limit>> limits(Section section) {
    Map<Metric, List<Limit>> limits = new EnumMap<>(Metric.class);
    for (Metric metric : LIMITED) {
      section
          .find(metric.id())
          .ifPresent(node -> limits.put(metric, limits(section, metric, node)));
    }
    return limits;
  }

  private static List<Limit> limits(Section section, Metric metric, Node node) {
    return switch (node) {
      case Node.Truth(_, var asked) when !asked -> List.of();
      case Node.Table _ ->
          section
              .section(metric.id())
              .flatMap(table -> limit(table, metric))
              .map(List::of)
              .orElse(List.of());
      case Node.Array _ -> several(section, metric);
      default -> plain(section, metric, node);
    };
  }

  private static List<Limit> plain(Section section, Metric metric, Node node) {
    Optional<BigDecimal> bound = Bounds.bound(node, metric.unit());
    if (bound.isEmpty()) {
      section.note(metric.id(), expected(metric.unit(), node));
    }
    return bound.map(value -> List.of(Limit.project(metric, value))).orElse(List.of());
  }

  private static List<Limit> several(Section section, Metric metric) {
    List<Limit> limits = new ArrayList<>();
    for (Section table : section.sections(metric.id())) {
      Optional<Limit> limit = limit(table, metric);
      if (limit.isPresent()
          && limits.stream().anyMatch(each -> each.scope() == limit.get().scope())) {
        table.note("scope", "this scope has a limit already");
      } else {
        limit.ifPresent(limits::add);
      }
    }
    return limits;
  }

  private static Optional<Limit> limit(Section table, Metric metric) {
    Scope scope =
        table.text("scope", scopes(metric), text -> scope(metric, text)).orElse(Scope.PROJECT);
    Severity severity = table.text("severity", SEVERITY, Severity::named).orElse(Severity.ERROR);
    boolean optional = table.has("required") && !table.truth("required");
    Optional<BigDecimal> bound = bound(table, LIMIT, Limit.unit(metric, scope));
    Optional<BigDecimal> over =
        scope == Scope.SHARE ? bound(table, "over", metric.unit()) : Optional.empty();
    table.finish();
    if (bound.isEmpty() || over.isPresent() != (scope == Scope.SHARE)) {
      return Optional.empty();
    }
    Limit.Need need = optional ? Limit.Need.WHEN_DECLARED : Limit.Need.ALWAYS;
    return Optional.of(new Limit(metric, scope, bound.get(), over, severity, need));
  }

  private static Optional<BigDecimal> bound(Section table, String key, Unit unit) {
    Optional<Node> node = table.find(key);
    if (node.isEmpty()) {
      table.noteMissing(key, Bounds.expected(unit));
      return Optional.empty();
    }
    Optional<BigDecimal> bound = Bounds.bound(node.get(), unit);
    if (bound.isEmpty()) {
      table.note(key, expected(unit, node.get()));
    }
    return bound;
  }

  private static String expected(Unit unit, Node found) {
    return "expected %s, found %s".formatted(Bounds.expected(unit), found.shown());
  }

  private static Optional<Scope> scope(Metric metric, String text) {
    return Scope.named(text).filter(metric::allows);
  }

  private static String scopes(Metric metric) {
    List<String> allowed = new ArrayList<>();
    for (Scope scope : Scope.values()) {
      if (metric.allows(scope)) {
        allowed.add(scope.id());
      }
    }
    return "one of " + String.join(", ", allowed);
  }

  private static Ratchet ratchet(Section section) {
    List<Metric> metrics = section.texts("metrics", "the name of a metric", Metric::named);
    Map<Metric, BigDecimal> tolerances =
        section.section("tolerance").map(PolicyFile::tolerances).orElse(Map.of());
    Severity stale = section.text("stale", SEVERITY, Severity::named).orElse(Severity.WARNING);
    section.finish();
    return new Ratchet(metrics, tolerances, stale);
  }

  private static Map<Metric, BigDecimal> tolerances(Section section) {
    Map<Metric, BigDecimal> tolerances = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      Optional<Node> node = section.find(metric.id());
      if (node.isEmpty()) {
        continue;
      }
      Optional<BigDecimal> number = Bounds.number(node.get()).filter(each -> each.signum() >= 0);
      if (number.isEmpty()) {
        section.note(metric.id(), "expected a number from 0, found " + node.get().shown());
      }
      number.ifPresent(value -> tolerances.put(metric, value));
    }
    section.finish();
    return tolerances;
  }

  private static int promotion(Section section) {
    long records = section.whole("records", 1, MOST_RECORDS).orElse((long) Policy.PROMOTION);
    section.finish();
    return Math.toIntExact(records);
  }

  private static BigDecimal floor(Section section) {
    Optional<BigDecimal> floor = bound(section, "floor", Unit.RATE);
    section.finish();
    return floor.orElse(Policy.FLOOR);
  }
}
