package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.Attributes;
import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.Elements;
import dev.synapse.gmp.report.format.Label;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the line and branch counters of one JaCoCo XML file: those of the whole report, or of each
/// group where a report puts several modules together.
final class JacocoFile implements Elements {
  private static final int PART_DEPTH = 2;

  private enum Type {
    LINE,
    BRANCH
  }

  /// A report, or a group of one, and its own counters.
  static final class Part {
    final String name;
    private final Map<Type, Covered> counters = new EnumMap<>(Type.class);

    Part(String name) {
      this.name = name;
    }

    Optional<Covered> lines() {
      return Optional.ofNullable(counters.get(Type.LINE));
    }

    Optional<Covered> branches() {
      return Optional.ofNullable(counters.get(Type.BRANCH));
    }
  }

  private Part whole = new Part("");
  private final List<Part> groups = new ArrayList<>();
  private final Map<Type, Covered> sums = new EnumMap<>(Type.class);
  private String partsAre = "";

  Part whole() {
    return whole;
  }

  List<Part> groups() {
    return groups;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    String name = path.getLast();
    int depth = path.size();
    if (depth == 1) {
      beginReport(name, attributes);
    } else if (depth == PART_DEPTH && (name.equals("group") || name.equals("package"))) {
      beginPart(name, attributes);
    } else if (name.equals("counter") && depth <= PART_DEPTH + 1) {
      counter(path, attributes);
    } else if (name.equals("line")) {
      requireFigures(path.get(depth - 2), attributes);
    }
  }

  /// The room's report writes lines down: what it cannot read damages a file here too.
  private static void requireFigures(String parent, Attributes attributes) throws DamagedReport {
    if (!parent.equals("sourcefile")) {
      return;
    }
    attributes.count("nr");
    attributes.count("ci");
    for (String other : List.of("mi", "mb", "cb")) {
      attributes.count(other, 0);
    }
  }

  private void beginReport(String name, Attributes attributes) throws DamagedReport {
    if (!name.equals("report")) {
      throw new DamagedReport("is not a JaCoCo report: its first element is <%s>".formatted(name));
    }
    whole = new Part(Label.cut(attributes.text("name")));
  }

  private void beginPart(String name, Attributes attributes) throws DamagedReport {
    if (!partsAre.isEmpty() && !partsAre.equals(name)) {
      throw new DamagedReport("groups beside packages");
    }
    partsAre = name;
    if (name.equals("group")) {
      groups.add(new Part(Label.cut(attributes.text("name"))));
    }
  }

  private void counter(List<String> path, Attributes attributes) throws DamagedReport {
    Type type;
    switch (attributes.text("type")) {
      case "LINE" -> type = Type.LINE;
      case "BRANCH" -> type = Type.BRANCH;
      default -> {
        return;
      }
    }
    if (!attributes.has("missed") || !attributes.has("covered")) {
      throw new DamagedReport("a counter without its 'missed' and 'covered'");
    }
    Covered counted = new Covered(attributes.count("covered", 0), attributes.count("missed", 0));
    if (path.size() == PART_DEPTH) {
      put(whole, type, counted);
    } else {
      sums.merge(type, counted, Covered::plus);
      if (path.get(1).equals("group")) {
        put(groups.getLast(), type, counted);
      }
    }
  }

  private static void put(Part part, Type type, Covered counted) throws DamagedReport {
    if (part.counters.putIfAbsent(type, counted) != null) {
      throw new DamagedReport("two counters of type '%s' in one place".formatted(type));
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (path.size() == 1) {
      for (Type type : Type.values()) {
        compareWithSum(type);
      }
    }
  }

  /// What a report says in all is measured only if its parts say the same.
  private void compareWithSum(Type type) throws DamagedReport {
    Covered none = new Covered(0, 0);
    Covered said = whole.counters.getOrDefault(type, none);
    Covered sum = sums.getOrDefault(type, none);
    if (!said.equals(sum)) {
      throw new DamagedReport(
          "the %s counter says %d covered and %d missed, its parts sum to %d and %d"
              .formatted(type, said.covered(), said.missed(), sum.covered(), sum.missed()));
    }
  }
}
