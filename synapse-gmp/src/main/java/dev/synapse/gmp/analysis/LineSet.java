package dev.synapse.gmp.analysis;

import java.util.BitSet;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Some lines of one file, counted from 1. Written as ranges in their order: `1-5,7,9-12`.
public final class LineSet {
  /// As many lines as a file of the largest size can have, far below what a number can hold.
  static final int MAX_LINE = 1 << 28;

  private static final Pattern RANGE = Pattern.compile("([1-9]\\d{0,8})(?:-([1-9]\\d{0,8}))?");

  private static final LineSet NONE = new LineSet(new BitSet());

  private final BitSet lines;

  private LineSet(BitSet lines) {
    this.lines = lines;
  }

  /// No line at all.
  public static LineSet none() {
    return NONE;
  }

  /// The lines whose bits are set. Bit 0 is no line.
  ///
  /// @throws IllegalArgumentException if a line is 0 or more than a file can have
  public static LineSet of(BitSet lines) {
    if (lines.get(0) || lines.length() > MAX_LINE + 1) {
      throw new IllegalArgumentException("lines are counted from 1 to " + MAX_LINE);
    }
    return new LineSet((BitSet) lines.clone());
  }

  /// All lines from the first to the last, both included.
  public static LineSet range(int first, int last) {
    if (first < 1 || last < first || last > MAX_LINE) {
      throw new IllegalArgumentException("no lines from %d to %d".formatted(first, last));
    }
    var lines = new BitSet(last + 1);
    lines.set(first, last + 1);
    return new LineSet(lines);
  }

  /// Reads what [#toString()] writes; empty when it is not in that form.
  public static Optional<LineSet> parse(String text) {
    var lines = new BitSet();
    if (!text.isEmpty()) {
      for (String range : text.split(",", -1)) {
        Matcher numbers = RANGE.matcher(range);
        if (!numbers.matches() || !add(lines, numbers.group(1), numbers.group(2))) {
          return Optional.empty();
        }
      }
    }
    var set = new LineSet(lines);
    return set.toString().equals(text) ? Optional.of(set) : Optional.empty();
  }

  private static boolean add(BitSet lines, String from, @Nullable String to) {
    int first = Integer.parseInt(from);
    int last = to == null ? first : Integer.parseInt(to);
    if (last < first || last > MAX_LINE) {
      return false;
    }
    lines.set(first, last + 1);
    return true;
  }

  /// How many lines.
  public int size() {
    return lines.cardinality();
  }

  /// Whether there is no line.
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /// Whether this line is one of them.
  public boolean contains(int line) {
    return line > 0 && lines.get(line);
  }

  /// The last line; 0 when there is none.
  public int last() {
    return Math.max(0, lines.length() - 1);
  }

  /// The lines that are in both.
  public LineSet and(LineSet other) {
    var both = (BitSet) lines.clone();
    both.and(other.lines);
    return new LineSet(both);
  }

  /// The lines that are in either.
  public LineSet or(LineSet other) {
    var either = (BitSet) lines.clone();
    either.or(other.lines);
    return new LineSet(either);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LineSet set && lines.equals(set.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  @Override
  public String toString() {
    var ranges = new StringJoiner(",");
    int first = lines.nextSetBit(0);
    while (first > 0) {
      int after = lines.nextClearBit(first);
      ranges.add(after == first + 1 ? "" + first : first + "-" + (after - 1));
      first = lines.nextSetBit(after);
    }
    return ranges.toString();
  }
}
