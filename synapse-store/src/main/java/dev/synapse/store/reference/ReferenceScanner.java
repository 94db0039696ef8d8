package dev.synapse.store.reference;

import dev.synapse.store.hash.Nix32;
import dev.synapse.store.path.StorePath;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds which of the given store paths a stream mentions. A path is mentioned if the 32 characters
/// of its digest stand anywhere, whatever is around them.
///
/// Looks at each window of 32 bytes from its end: a byte that is no nix32 digit rules out all
/// windows it is in, so most bytes of most files are never looked at (the idea of Boyer and Moore).
/// Where all are digits, a table of the first three rules out nearly all windows. Write the stream
/// to it, next to wherever else the stream goes.
public final class ReferenceScanner extends OutputStream {
  private static final int LENGTH = StorePath.DIGEST_LENGTH;
  private static final int BUFFER = 1 << 16;
  private static final int DIGIT_BITS = 5;
  private static final byte[] VALUES = values();

  private final Candidates candidates;

  /// How many digests were not found yet.
  private int left;

  private final SortedSet<StorePath> found = new TreeSet<>();
  private final byte[] buffer = new byte[BUFFER];
  private int filled;

  /// What to look for, made ready once for any number of streams; several threads may use it.
  public static final class Candidates {
    private final Map<String, List<StorePath>> paths = new HashMap<>();
    private final boolean[] beginnings = new boolean[1 << (3 * DIGIT_BITS)];

    /// Makes ready to look for `wanted`.
    public Candidates(Collection<StorePath> wanted) {
      for (StorePath path : wanted) {
        paths.computeIfAbsent(path.digest(), _ -> new ArrayList<>()).add(path);
        beginnings[
                beginning(
                    VALUES[path.digest().charAt(0)],
                    VALUES[path.digest().charAt(1)],
                    VALUES[path.digest().charAt(2)])] =
            true;
      }
    }
  }

  /// Looks for `paths`.
  public ReferenceScanner(Collection<StorePath> paths) {
    this(new Candidates(paths));
  }

  /// Looks for `candidates`.
  public ReferenceScanner(Candidates candidates) {
    this.candidates = candidates;
    this.left = candidates.paths.size();
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    int at = from;
    int rest = length;
    while (rest > 0 && left > 0) {
      int part = Math.min(rest, BUFFER - filled);
      System.arraycopy(bytes, at, buffer, filled, part);
      filled += part;
      at += part;
      rest -= part;
      if (filled == BUFFER) {
        scan();
      }
    }
  }

  /// The paths that were mentioned so far.
  public SortedSet<StorePath> found() {
    scan();
    return Collections.unmodifiableSortedSet(new TreeSet<>(found));
  }

  /// Looks at the whole buffer and keeps its last 31 bytes, in which a digest may have begun.
  private void scan() {
    int start = 0;
    while (start + LENGTH <= filled) {
      int end = start + LENGTH - 1;
      while (end >= start && VALUES[Byte.toUnsignedInt(buffer[end])] >= 0) {
        end--;
      }
      if (end >= start) {
        start = end + 1;
      } else {
        look(start);
        start++;
      }
    }
    int kept = Math.min(filled, LENGTH - 1);
    System.arraycopy(buffer, filled - kept, buffer, 0, kept);
    filled = kept;
  }

  private void look(int start) {
    if (candidates
        .beginnings[
        beginning(VALUES[buffer[start]], VALUES[buffer[start + 1]], VALUES[buffer[start + 2]])]) {
      @SuppressWarnings("deprecation") // the bytes are ASCII
      String digest = new String(buffer, 0, start, LENGTH);
      List<StorePath> paths = candidates.paths.get(digest);
      if (paths != null && found.addAll(paths)) {
        left--;
      }
    }
  }

  private static int beginning(int first, int second, int third) {
    return (first << DIGIT_BITS | second) << DIGIT_BITS | third;
  }

  private static byte[] values() {
    byte[] values = new byte[1 << Byte.SIZE];
    for (int character = 0; character < values.length; character++) {
      values[character] = (byte) Nix32.ALPHABET.indexOf(character);
    }
    return values;
  }
}
