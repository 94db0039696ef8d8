package dev.synapse.gmp.change;

import java.util.BitSet;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The lines that a change adds or alters, file by file, as they are numbered after it. What it
/// only removes is not there any more to be judged.
public final class ChangedLines {
  private final SortedMap<String, BitSet> files;
  private final Optional<String> base;

  private ChangedLines(SortedMap<String, BitSet> files, Optional<String> base) {
    this.files = files;
    this.base = base;
  }

  /// Lines gathered so far.
  static final class Builder {
    private final SortedMap<String, BitSet> files = new TreeMap<>();

    /// Adds lines `first` to `last` of a file.
    void add(String path, int first, int last) {
      files.computeIfAbsent(path, _ -> new BitSet()).set(first, last + 1);
    }

    ChangedLines since(Optional<String> base) {
      return new ChangedLines(Collections.unmodifiableSortedMap(files), base);
    }
  }

  /// The commit that the change starts from; empty for a patch, which does not say.
  public Optional<String> base() {
    return base;
  }

  /// The files with such lines, relative to the top of the patch, with `/` between names.
  public SortedSet<String> files() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(files.keySet()));
  }

  /// Whether a line was added or altered.
  public boolean contains(String path, int line) {
    BitSet lines = files.get(path);
    return lines != null && lines.get(line);
  }

  /// Whether one of the lines `first` to `last` was added or altered.
  public boolean touches(String path, int first, int last) {
    BitSet lines = files.get(path);
    if (lines == null) {
      return false;
    }
    int next = lines.nextSetBit(first);
    return next >= 0 && next <= last;
  }

  /// The lines of a file, counted from 1, ascending; none for a file that did not change.
  public int[] lines(String path) {
    BitSet lines = files.get(path);
    return lines == null ? new int[0] : lines.stream().toArray();
  }
}
