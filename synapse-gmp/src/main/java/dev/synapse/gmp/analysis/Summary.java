package dev.synapse.gmp.analysis;

import dev.synapse.gmp.analysis.Duplication.Place;
import dev.synapse.gmp.analysis.FileResult.Measured;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// From what was found in each file to the report on all of them.
final class Summary {
  private final List<Measured> measured = new ArrayList<>();
  private final List<LeftOut> leftOut;
  private final List<Unreadable> unreadable = new ArrayList<>();
  private final int minimumTokens;

  /// Where each file begins among the compared tokens of all.
  private final int[] starts;

  private final BitSet[] repeated;

  Summary(SourceSet.Selection selection, List<FileResult> results, int minimumTokens) {
    this.leftOut = new ArrayList<>(selection.leftOut());
    this.minimumTokens = minimumTokens;
    results.forEach(this::sort);
    measured.sort(Comparator.comparing(file -> file.candidate().path(), Paths.ORDER));
    this.starts = new int[measured.size()];
    this.repeated = new BitSet[measured.size()];
    int start = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = start;
      repeated[i] = new BitSet();
      start += measured.get(i).compared().size() + 1;
    }
  }

  private void sort(FileResult result) {
    switch (result) {
      case Measured file -> measured.add(file);
      case FileResult.Omitted(var omitted) -> leftOut.add(omitted);
      case FileResult.Failed(var failed) -> unreadable.add(failed);
    }
  }

  AnalysisReport report() {
    List<Duplication> groups =
        DuplicateFinder.find(measured.stream().map(Measured::compared).toList(), minimumTokens)
            .stream()
            .map(this::duplication)
            .toList();
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < repeated.length; i++) {
      files.add(file(measured.get(i), repeated[i]));
    }
    List<Findings> findings = measured.stream().map(Measured::findings).toList();
    return new AnalysisReport(
        new Sources(files, leftOut, unreadable),
        findings.stream().flatMap(file -> file.functions().stream()).toList(),
        findings.stream().flatMap(file -> file.numbers().stream()).toList(),
        new Duplicates(minimumTokens, groups),
        findings.stream().flatMap(file -> file.notes().stream()).toList());
  }

  private static SourceFile file(Measured file, BitSet repeated) {
    return new SourceFile(
        file.candidate().path(),
        file.candidate().language(),
        file.lines(),
        file.tokens(),
        file.code(),
        file.code().and(LineSet.of(repeated)));
  }

  private Duplication duplication(DuplicateFinder.Group group) {
    List<Place> places = group.places.stream().map(start -> place(start, group.length)).toList();
    return new Duplication(group.length, places);
  }

  private Place place(int start, int length) {
    int found = Arrays.binarySearch(starts, start);
    int index = found >= 0 ? found : -found - 2;
    Measured file = measured.get(index);
    int first = start - starts[index];
    int firstLine = file.compared().firstLine(first);
    int lastLine = file.compared().lastLine(first + length - 1);
    repeated[index].set(firstLine, lastLine + 1);
    return new Place(file.candidate().path(), firstLine, lastLine);
  }
}
