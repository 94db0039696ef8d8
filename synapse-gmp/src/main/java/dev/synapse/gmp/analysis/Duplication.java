package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;

/// The same tokens at several places, see [Definitions#DUPLICATION].
///
/// @param tokens how many are the same at all places
/// @param places at least two, sorted
public record Duplication(int tokens, List<Place> places) implements Comparable<Duplication> {
  private static final Comparator<Duplication> BY_SIZE_AND_PLACE =
      Comparator.comparingInt(Duplication::tokens)
          .reversed()
          .thenComparing(Duplication::places, Duplication::compare);

  public Duplication {
    places = places.stream().sorted().toList();
    if (tokens < 1 || places.size() < 2) {
      throw new IllegalArgumentException(
          "%d tokens at %d places are no duplication".formatted(tokens, places.size()));
    }
  }

  /// The most lines that one of its places has.
  public int lines() {
    return places.stream().mapToInt(Place::lines).max().orElseThrow();
  }

  @Override
  public int compareTo(Duplication other) {
    return BY_SIZE_AND_PLACE.compare(this, other);
  }

  private static int compare(List<Place> left, List<Place> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = left.get(i).compareTo(right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  /// Where the tokens stand.
  ///
  /// @param file the file's path in [SourceFile]
  /// @param firstLine the line of the first token
  /// @param lastLine the line on which the last token ends
  public record Place(String file, int firstLine, int lastLine) implements Comparable<Place> {
    private static final Comparator<Place> BY_FILE_AND_LINE =
        Comparator.comparing(Place::file, Paths.ORDER)
            .thenComparingInt(Place::firstLine)
            .thenComparingInt(Place::lastLine);

    public Place {
      requireNonNull(file, "file");
      if (firstLine < 1 || lastLine < firstLine) {
        throw new IllegalArgumentException(
            "'%s' from line %d to %d".formatted(file, firstLine, lastLine));
      }
    }

    /// How many lines.
    public int lines() {
      return lastLine - firstLine + 1;
    }

    @Override
    public int compareTo(Place other) {
      return BY_FILE_AND_LINE.compare(this, other);
    }
  }
}
