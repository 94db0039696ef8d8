package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.VerifyKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a trail from its first line to its last, and stops at the first that does not fit. It
/// needs nothing but the file. Memory is that of one line.
///
/// What it cannot see by itself is that lines are missing at the end: for that it is given heads
/// that were signed earlier, the more recent the better.
public final class TrailCheck {
  /// No entry is as long: what is longer is not read into memory.
  private static final int LONGEST_LINE = 16 << 20;

  /// What is read, and so handed to other threads, at a time.
  private static final int BUFFER = 1 << 20;

  /// As much of a hash as tells two apart for a reader.
  private static final int SHOWN_DIGITS = 12;

  private final Path file;
  private final Set<VerifyKey> trusted;
  private final Map<Long, TrailHead> expected = new LinkedHashMap<>();
  private final Set<VerifyKey> keys = new LinkedHashSet<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private TrailEntry.Place last = new TrailEntry.Place(0, 0, "");
  private String hash = TrailEntry.NO_PREVIOUS;
  private long heads;
  private long torn;
  private Optional<RecordProblem> broken = Optional.empty();

  /// What else is done with each entry.
  interface Reader {
    /// Refuses an entry by an exception: then the trail is broken there.
    void accept(TrailEntry entry) throws IOException, RecordException;
  }

  /// @param trusted the keys that may sign heads; none if any may
  public TrailCheck(Path file, Collection<VerifyKey> trusted) {
    this.file = file;
    this.trusted = Set.copyOf(trusted);
  }

  /// Requires that the trail still holds what `head` says it held.
  public TrailCheck expect(TrailHead head) {
    expected.put(head.seq(), head);
    return this;
  }

  /// Checks the whole file, and answers what was found.
  public TrailVerdict verify() throws IOException {
    run(_ -> {});
    return verdict();
  }

  TrailVerdict verdict() {
    return new TrailVerdict(
        last.seq(), last.batches(), hash, heads, List.copyOf(keys), torn, broken);
  }

  void requireSound() throws RecordException {
    if (broken.isPresent()) {
      throw new RecordException(broken.get());
    }
  }

  void run(Reader reader) throws IOException {
    for (TrailHead head : expected.values()) {
      checkHead(head, head.seq());
    }
    if (Files.exists(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        read(in, reader);
      }
    }
    if (broken.isEmpty()) {
      checkEnd();
    }
  }

  private void read(InputStream in, Reader reader) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    byte[] buffer = new byte[BUFFER];
    for (int size = in.read(buffer); size >= 0 && broken.isEmpty(); size = in.read(buffer)) {
      int from = 0;
      for (int i = 0; i < size; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, from, i - from);
          lines.add(line.toByteArray());
          line.reset();
          from = i + 1;
        }
      }
      line.write(buffer, from, size - from);
      entries(lines, reader);
      lines.clear();
      if (line.size() > LONGEST_LINE) {
        broken("the line is too long");
      }
    }
    torn = broken.isEmpty() ? line.size() : 0;
  }

  /// A line by itself: what it says, or why that cannot be read, and its hash.
  private record Line(Optional<TrailEntry> entry, String problem, String hash) {
    static Line of(byte[] bytes) {
      String hash = TrailEntry.hash(bytes);
      try {
        return new Line(Optional.of(TrailEntry.parse(bytes)), "", hash);
      } catch (NotCanonicalException | RecordException e) {
        return new Line(Optional.empty(), String.valueOf(e.getMessage()), hash);
      }
    }
  }

  /// What a line says by itself is read on every processor, what it says after another in order.
  private void entries(List<byte[]> lines, Reader reader) throws IOException {
    for (Line each : lines.parallelStream().map(Line::of).toList()) {
      if (broken.isPresent()) {
        return;
      }
      if (each.entry().isPresent()) {
        entry(each.entry().get(), each.hash(), reader);
      } else {
        broken(each.problem());
      }
    }
  }

  private void broken(String reason) {
    broken(last.seq() + 1, reason);
  }

  private void broken(long number, String reason) {
    if (broken.isEmpty()) {
      broken = Optional.of(new RecordProblem.Broken(file.toString(), number, reason));
    }
  }

  private void entry(TrailEntry entry, String itsHash, Reader reader) throws IOException {
    checkPlace(entry);
    entry.head().ifPresent(this::checkInnerHead);
    if (broken.isPresent()) {
      return;
    }
    try {
      reader.accept(entry);
      last = entry.place();
      hash = itsHash;
      checkExpected();
    } catch (RecordException e) {
      broken(e.problem().message());
    }
  }

  private void checkPlace(TrailEntry entry) {
    TrailEntry.Place place = entry.place();
    long batches = last.batches() + (entry.kind() == TrailEntry.Kind.BATCH ? 1 : 0);
    if (!place.previous().equals(hash)) {
      broken(
          "it follows a line with the hash %s, and the line before has %s"
              .formatted(shortened(place.previous()), shortened(hash)));
    } else if (place.seq() != last.seq() + 1) {
      broken("it is numbered %d".formatted(place.seq()));
    } else if (place.batches() != batches) {
      broken("it counts %d batches where there are %d".formatted(place.batches(), batches));
    }
  }

  private static String shortened(String hex) {
    return hex.length() > SHOWN_DIGITS ? hex.substring(0, SHOWN_DIGITS) + "…" : hex;
  }

  private void checkInnerHead(TrailHead head) {
    checkHead(head, last.seq() + 1);
    if (head.seq() != last.seq() || !head.hash().equals(hash)) {
      broken("the head that it holds is not that of the line before");
    }
  }

  private void checkHead(TrailHead head, long number) {
    try {
      head.verify();
      heads++;
      keys.add(head.key());
      if (!trusted.isEmpty() && !trusted.contains(head.key())) {
        broken(
            number, "its head is signed by the key %s, which is not trusted".formatted(head.key()));
      }
    } catch (SignException e) {
      broken(number, "its head: " + e.problem().message());
    }
  }

  private void checkExpected() {
    TrailHead head = expected.get(last.seq());
    if (head != null && !head.hash().equals(hash)) {
      broken(last.seq(), "it is another entry than the one that the signed head names");
    }
  }

  private void checkEnd() {
    for (TrailHead head : expected.values()) {
      if (head.seq() > last.seq()) {
        broken(
            "it is missing: a signed head names %d entries, and the trail ends after %d"
                .formatted(head.seq(), last.seq()));
      }
    }
  }
}
