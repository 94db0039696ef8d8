package dev.synapse.store.reference;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// Passes a stream on with texts replaced by others of the same length: the digest of a scratch
/// path by that of the final one, for instance. What was passed on is complete after [#finish()];
/// the stream below stays open.
public final class DigestRewriter extends OutputStream {
  private static final int BUFFER = 1 << 16;

  private final OutputStream out;
  private final LongConsumer replaced;
  private final List<byte[]> from = new ArrayList<>();
  private final List<byte[]> to = new ArrayList<>();
  private final int longest;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private long passed;

  /// Replaces each key of `changes` by its value.
  public DigestRewriter(Map<String, String> changes, OutputStream out) {
    this(changes, out, _ -> {});
  }

  /// Replaces each key of `changes` by its value, and tells `replaced` the place in the stream.
  public DigestRewriter(Map<String, String> changes, OutputStream out, LongConsumer replaced) {
    this.out = out;
    this.replaced = replaced;
    int most = 1;
    for (Map.Entry<String, String> change : new TreeMap<>(changes).entrySet()) {
      byte[] before = change.getKey().getBytes(StandardCharsets.UTF_8);
      byte[] after = change.getValue().getBytes(StandardCharsets.UTF_8);
      if (before.length != after.length || before.length == 0 || before.length >= BUFFER) {
        throw new IllegalArgumentException(
            "'%s' cannot replace '%s'".formatted(change.getValue(), change.getKey()));
      }
      from.add(before);
      to.add(after);
      most = Math.max(most, before.length);
    }
    longest = most;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int start, int length) throws IOException {
    int at = start;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, BUFFER - filled);
      System.arraycopy(bytes, at, buffer, filled, part);
      filled += part;
      at += part;
      left -= part;
      if (filled == BUFFER) {
        pass(filled - longest + 1);
      }
    }
  }

  /// Passes on what was held back.
  public void finish() throws IOException {
    pass(filled);
  }

  /// Replaces what begins before `end`, and passes on as much as is settled.
  private void pass(int end) throws IOException {
    int at = 0;
    while (at < end) {
      at += replaceAt(at);
    }
    out.write(buffer, 0, at);
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    filled -= at;
    passed += at;
  }

  /// The number of bytes that are settled from `at` on.
  private int replaceAt(int at) {
    for (int index = 0; index < from.size(); index++) {
      byte[] before = from.get(index);
      if (buffer[at] == before[0] && matches(before, at)) {
        System.arraycopy(to.get(index), 0, buffer, at, before.length);
        replaced.accept(passed + at);
        return before.length;
      }
    }
    return 1;
  }

  private boolean matches(byte[] text, int at) {
    if (at + text.length > filled) {
      return false;
    }
    for (int index = 1; index < text.length; index++) {
      if (buffer[at + index] != text[index]) {
        return false;
      }
    }
    return true;
  }
}
