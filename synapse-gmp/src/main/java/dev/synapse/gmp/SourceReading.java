package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisOptions;
import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Duplicates;
import dev.synapse.gmp.analysis.Duplication;
import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.analysis.LeftOut;
import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.MagicNumber;
import dev.synapse.gmp.analysis.SourceAnalysis;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.analysis.SourceSet;
import dev.synapse.gmp.analysis.Sources;
import dev.synapse.gmp.analysis.Unreadable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/// Measures the sources below several folders as one: what stands in two of them stands twice.
final class SourceReading {
  private final String prefix;
  private final Predicate<String> wanted;

  private SourceReading(String prefix, Predicate<String> wanted) {
    this.prefix = prefix;
    this.wanted = wanted;
  }

  /// Measures them.
  ///
  /// @param folder that paths are told from
  /// @param sources folders below it, at least one
  static AnalysisReport of(Path folder, List<Path> sources) throws IOException {
    Path top = top(sources);
    List<String> inside = sources.stream().map(each -> top.relativize(each).toString()).toList();
    Predicate<String> wanted =
        path -> inside.stream().anyMatch(each -> each.isEmpty() || path.startsWith(each + "/"));
    String below = folder.relativize(top).toString();
    AnalysisReport all = SourceAnalysis.analyse(SourceSet.below(top), AnalysisOptions.defaults());
    return new SourceReading(below.isEmpty() ? "" : below + "/", wanted).of(all);
  }

  /// The folder that all of them are in.
  private static Path top(List<Path> sources) {
    Path top = sources.getFirst();
    for (Path each : sources) {
      while (!each.startsWith(top)) {
        top = Objects.requireNonNull(top.getParent(), "parent");
      }
    }
    return top;
  }

  private AnalysisReport of(AnalysisReport all) {
    List<Duplication> groups = new ArrayList<>();
    for (Duplication group : all.duplicates().groups()) {
      List<Duplication.Place> places =
          group.places().stream()
              .filter(each -> wanted.test(each.file()))
              .map(this::moved)
              .toList();
      if (places.size() > 1) {
        groups.add(new Duplication(group.tokens(), places));
      }
    }
    Map<String, LineSet> twice = lines(groups);
    return new AnalysisReport(
        sources(all.sources(), twice),
        all.functions().stream().filter(each -> wanted.test(each.file())).map(this::moved).toList(),
        all.magicNumbers().stream()
            .filter(each -> wanted.test(each.file()))
            .map(this::moved)
            .toList(),
        new Duplicates(all.duplicates().minimumTokens(), groups),
        all.notes());
  }

  private static Map<String, LineSet> lines(List<Duplication> groups) {
    Map<String, LineSet> lines = new HashMap<>();
    for (Duplication group : groups) {
      for (Duplication.Place place : group.places()) {
        lines.merge(place.file(), LineSet.range(place.firstLine(), place.lastLine()), LineSet::or);
      }
    }
    return lines;
  }

  private Sources sources(Sources all, Map<String, LineSet> twice) {
    return new Sources(
        all.measured().stream()
            .filter(each -> wanted.test(each.path()))
            .map(
                each ->
                    new SourceFile(
                        prefix + each.path(),
                        each.language(),
                        each.lines(),
                        each.tokens(),
                        each.code(),
                        each.duplicated()
                            .and(twice.getOrDefault(prefix + each.path(), LineSet.none()))))
            .toList(),
        all.leftOut().stream()
            .filter(each -> wanted.test(each.path()))
            .map(each -> new LeftOut(prefix + each.path(), each.rule()))
            .toList(),
        all.unreadable().stream()
            .filter(each -> wanted.test(each.path()))
            .map(each -> new Unreadable(prefix + each.path(), each.reason()))
            .toList());
  }

  private Duplication.Place moved(Duplication.Place place) {
    return new Duplication.Place(prefix + place.file(), place.firstLine(), place.lastLine());
  }

  private FunctionComplexity moved(FunctionComplexity function) {
    return new FunctionComplexity(
        prefix + function.file(),
        function.name(),
        function.firstLine(),
        function.lastLine(),
        function.complexity());
  }

  private MagicNumber moved(MagicNumber number) {
    return new MagicNumber(
        prefix + number.file(), number.line(), number.column(), number.literal());
  }
}
