package dev.synapse.store.local;

import java.util.HashMap;
import java.util.Map;

/// Counts the bytes that become free when files are deleted, or would if they were. A file with
/// several names becomes free with the last one that is of use. One in `.links` is of none, so a
/// file with one other name is taken to have that one there, which is where Nix puts it; where two
/// paths share a file in another way and only one of them goes, this counts too much, as Nix does.
final class FreedBytes {
  private record File(long device, long number) {}

  /// For each file of several names how many there were at first, and how many of them went.
  private static final class Names {
    private final int all;
    private int gone;

    Names(int all) {
      this.all = all;
    }
  }

  private final Map<File, Names> shared = new HashMap<>();
  private long bytes;

  /// Counts a name that is about to be deleted.
  ///
  /// @param names how many the file has now
  void count(long device, long number, long size, int names) {
    File file = new File(device, number);
    Names known =
        names > 1 ? shared.computeIfAbsent(file, _ -> new Names(names)) : shared.get(file);
    if (known == null) {
      bytes += size;
    } else {
      known.gone++;
      if (known.gone == known.all - 1) {
        bytes += size;
      }
    }
  }

  /// The bytes so far.
  long bytes() {
    return bytes;
  }
}
