package dev.synapse.gmp.analysis;

import static java.util.Comparator.comparing;

import java.util.List;

/// What was measured and what was not. Each list is sorted by path.
///
/// @param measured the files that the figures are of
/// @param leftOut what a rule says does not belong to them
/// @param unreadable what belongs to them but could not be read
public record Sources(
    List<SourceFile> measured, List<LeftOut> leftOut, List<Unreadable> unreadable) {
  public Sources {
    measured = measured.stream().sorted(comparing(SourceFile::path, Paths.ORDER)).toList();
    leftOut = leftOut.stream().sorted(comparing(LeftOut::path, Paths.ORDER)).toList();
    unreadable = unreadable.stream().sorted(comparing(Unreadable::path, Paths.ORDER)).toList();
  }
}
