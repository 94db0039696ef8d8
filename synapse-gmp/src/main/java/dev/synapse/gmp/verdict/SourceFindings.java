package dev.synapse.gmp.verdict;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Duplication;
import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.MagicNumber;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.policy.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The places that the figures of sources count, with fingerprints, and without what is waived.
final class SourceFindings {
  private final Optional<AnalysisReport> analysis;
  private final Map<String, ChangedFile> changed;
  private final Function<String, Optional<String>> waived;
  private final Fingerprints fingerprints = new Fingerprints();
  private final Map<String, List<FunctionComplexity>> functionsByFile;
  private final List<Finding> magicNumbers;
  private final SequencedMap<FunctionComplexity, Finding> functions;
  private final SequencedMap<Duplication, Finding> duplications;

  SourceFindings(Evidence evidence, Function<String, Optional<String>> waived) {
    this.analysis = evidence.analysis();
    this.waived = waived;
    this.changed =
        evidence.change().map(Change::files).orElse(List.of()).stream()
            .collect(Collectors.toMap(ChangedFile::path, Function.identity()));
    this.functionsByFile =
        analysis.map(AnalysisReport::functions).orElse(List.of()).stream()
            .collect(Collectors.groupingBy(FunctionComplexity::file));
    this.magicNumbers =
        analysis.map(AnalysisReport::magicNumbers).orElse(List.of()).stream()
            .map(this::magicNumber)
            .toList();
    this.functions = new LinkedHashMap<>();
    analysis
        .map(AnalysisReport::functions)
        .orElse(List.of())
        .forEach(each -> functions.put(each, function(each)));
    this.duplications = new LinkedHashMap<>();
    analysis
        .map(report -> report.duplicates().groups())
        .orElse(List.of())
        .forEach(each -> duplications.put(each, duplication(each)));
  }

  /// Every number without a name.
  List<Finding> magicNumbers() {
    return magicNumbers;
  }

  /// Every function, in the order of the report, with the finding that it is when it is too
  /// complex.
  SequencedMap<FunctionComplexity, Finding> functions() {
    return functions;
  }

  /// Every function that no waiver leaves out.
  List<FunctionComplexity> countedFunctions() {
    List<FunctionComplexity> counted = new ArrayList<>();
    functions.forEach(
        (function, finding) -> {
          if (finding.waiver().isEmpty()) {
            counted.add(function);
          }
        });
    return counted;
  }

  /// Every text that stands more than once.
  List<Finding> duplications() {
    return List.copyOf(duplications.values());
  }

  /// The lines of each file that stand somewhere else too, without those that a waiver leaves out.
  Map<String, LineSet> duplicatedLines() {
    Map<String, LineSet> lines = new HashMap<>();
    List<SourceFile> files = analysis.map(AnalysisReport::files).orElse(List.of());
    if (duplications.values().stream().allMatch(finding -> finding.waiver().isEmpty())) {
      files.forEach(file -> lines.put(file.path(), file.duplicated()));
      return lines;
    }
    duplications.forEach(
        (group, finding) -> {
          if (finding.waiver().isEmpty()) {
            group
                .places()
                .forEach(
                    place ->
                        lines.merge(
                            place.file(),
                            LineSet.range(place.firstLine(), place.lastLine()),
                            LineSet::or));
          }
        });
    files.forEach(
        file -> lines.computeIfPresent(file.path(), (_, each) -> each.and(file.duplicated())));
    return lines;
  }

  /// Whether the change has a line of the function.
  boolean touched(FunctionComplexity function) {
    return touched(function.file(), function.firstLine(), function.lastLine());
  }

  private boolean touched(String file, int first, int last) {
    ChangedFile found = changed.get(file);
    return found != null && !found.code().and(LineSet.range(first, last)).isEmpty();
  }

  private Finding magicNumber(MagicNumber number) {
    String around =
        functionsByFile.getOrDefault(number.file(), List.of()).stream()
            .filter(each -> each.firstLine() <= number.line() && number.line() <= each.lastLine())
            .reduce((_, inner) -> inner)
            .map(FunctionComplexity::name)
            .orElse("");
    return finding(
        Metric.MAGIC_NUMBERS,
        new Finding.Place(number.file(), number.line(), number.line()),
        "the number %s has no name".formatted(number.literal()),
        fingerprints.of(Metric.MAGIC_NUMBERS, number.file(), around, number.literal()));
  }

  private Finding function(FunctionComplexity function) {
    return finding(
        Metric.CYCLOMATIC_COMPLEXITY,
        new Finding.Place(function.file(), function.firstLine(), function.lastLine()),
        "%s has a cyclomatic complexity of %d".formatted(function.name(), function.complexity()),
        fingerprints.of(Metric.CYCLOMATIC_COMPLEXITY, function.file(), function.name()));
  }

  private Finding duplication(Duplication group) {
    Duplication.Place first = group.places().getFirst();
    String others =
        group.places().stream()
            .skip(1)
            .map(place -> place.file() + ":" + place.firstLine())
            .collect(Collectors.joining(", "));
    String[] files = group.places().stream().map(Duplication.Place::file).toArray(String[]::new);
    return finding(
        Metric.CODE_DUPLICATION,
        new Finding.Place(first.file(), first.firstLine(), first.lastLine()),
        "%d lines stand in %s too".formatted(first.lines(), others),
        fingerprints.of(Metric.CODE_DUPLICATION, files));
  }

  private Finding finding(Metric metric, Finding.Place place, String message, String fingerprint) {
    return new Finding(
        metric,
        Optional.of(place),
        message,
        fingerprint,
        touched(place.file(), place.firstLine(), place.lastLine()),
        waived.apply(fingerprint));
  }
}
