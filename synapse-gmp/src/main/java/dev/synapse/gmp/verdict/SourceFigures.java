package dev.synapse.gmp.verdict;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Unit;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Figures that are counted in sources.
final class SourceFigures {
  private final Evidence evidence;
  private final Modules modules;
  private final SourceFindings findings;

  SourceFigures(Evidence evidence, Modules modules, SourceFindings findings) {
    this.evidence = evidence;
    this.modules = modules;
    this.findings = findings;
  }

  Outcome measure(Limit limit, String module) {
    Optional<AnalysisReport> analysis = evidence.analysis();
    if (analysis.isEmpty()) {
      return Outcome.undeclared("no sources were declared");
    }
    if (!analysis.get().sources().unreadable().isEmpty()) {
      var first = analysis.get().sources().unreadable().getFirst();
      return Outcome.lacking("'%s' could not be read: %s".formatted(first.path(), first.reason()));
    }
    List<SourceFile> files =
        analysis.get().files().stream().filter(file -> isIn(module, file.path())).toList();
    if (files.isEmpty()) {
      return Outcome.lacking("no source file was found");
    }
    if (limit.scope() == Scope.CHANGED && changedCode(files) == 0) {
      return new Outcome.NothingChanged();
    }
    return switch (limit.metric()) {
      case MAGIC_NUMBERS -> magicNumbers(limit, files, module);
      case CODE_DUPLICATION -> Outcome.of(duplication(limit.scope(), files));
      default -> complexity(limit, module);
    };
  }

  private boolean isIn(String module, String path) {
    return module.isEmpty() || modules.of(path).equals(module);
  }

  private long changedCode(List<SourceFile> files) {
    Map<String, LineSet> changed = changedCode();
    return files.stream()
        .mapToLong(file -> changed.getOrDefault(file.path(), LineSet.none()).size())
        .sum();
  }

  private Map<String, LineSet> changedCode() {
    return evidence.change().orElseThrow().files().stream()
        .collect(Collectors.toMap(ChangedFile::path, ChangedFile::code));
  }

  private Outcome magicNumbers(Limit limit, List<SourceFile> files, String module) {
    long count =
        findings.magicNumbers().stream()
            .filter(finding -> finding.waiver().isEmpty() && isIn(module, fileOf(finding)))
            .filter(finding -> limit.scope() != Scope.CHANGED || finding.changed())
            .count();
    if (limit.scope() != Scope.PER_KLOC) {
      return Outcome.of(Measurement.count(count, Unit.COUNT));
    }
    long code = files.stream().mapToLong(SourceFile::linesOfCode).sum();
    return code == 0
        ? Outcome.lacking("no source file bears a line of code")
        : Outcome.of(new Measurement(count, code, Unit.PER_KLOC));
  }

  private static String fileOf(Finding finding) {
    return finding.place().map(Finding.Place::file).orElse("");
  }

  private Measurement duplication(Scope scope, List<SourceFile> files) {
    long whole = 0;
    long twice = 0;
    Map<String, LineSet> changed = scope == Scope.CHANGED ? changedCode() : Map.of();
    Map<String, LineSet> counted = findings.duplicatedLines();
    for (SourceFile file : files) {
      LineSet code =
          scope == Scope.CHANGED ? changed.getOrDefault(file.path(), LineSet.none()) : file.code();
      whole += code.size();
      twice += code.and(counted.getOrDefault(file.path(), LineSet.none())).size();
    }
    // Files without a line of code repeat none.
    return new Measurement(twice, Math.max(1, whole), Unit.RATE);
  }

  private Outcome complexity(Limit limit, String module) {
    List<FunctionComplexity> functions =
        findings.countedFunctions().stream()
            .filter(function -> isIn(module, function.file()))
            .filter(function -> limit.scope() != Scope.CHANGED || findings.touched(function))
            .toList();
    if (functions.isEmpty()) {
      return limit.scope() == Scope.CHANGED
          ? new Outcome.NothingChanged()
          : Outcome.lacking("the sources hold no function");
    }
    if (limit.scope() == Scope.SHARE) {
      BigDecimal most = limit.over().orElseThrow();
      long over =
          functions.stream()
              .filter(each -> BigDecimal.valueOf(each.complexity()).compareTo(most) > 0)
              .count();
      return Outcome.of(new Measurement(over, functions.size(), Unit.RATE));
    }
    int most = functions.stream().mapToInt(FunctionComplexity::complexity).max().orElse(0);
    return Outcome.of(Measurement.count(most, Unit.COUNT));
  }
}
