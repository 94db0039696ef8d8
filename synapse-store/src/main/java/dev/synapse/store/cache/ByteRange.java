package dev.synapse.store.cache;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A part of a body, as a `Range` header asks for it: RFC 9110, section 14.
///
/// @param first the number of its first byte, counted from 0
/// @param length in bytes; 0 for a part that lies behind the end
record ByteRange(long first, long length) {
  private static final Pattern HEADER = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /// The part of a body of `size` bytes that the header asks for. Empty where the whole is the
  /// answer: without a header, and, as the RFC allows, for several ranges, other units and what is
  /// no range.
  static Optional<ByteRange> parse(@Nullable String header, long size) {
    Matcher matcher = HEADER.matcher(header == null ? "" : header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (!first.isEmpty()) {
      return between(
          Long.parseLong(first), last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last), size);
    }
    return last.isEmpty() ? Optional.empty() : Optional.of(atEnd(Long.parseLong(last), size));
  }

  private static Optional<ByteRange> between(long first, long last, long size) {
    return last < first
        ? Optional.empty()
        : Optional.of(new ByteRange(first, Math.max(0, Math.min(last, size - 1) - first + 1)));
  }

  private static ByteRange atEnd(long wanted, long size) {
    long length = Math.min(size, wanted);
    return new ByteRange(size - length, length);
  }

  /// Whether nothing of the body is asked for, which is answered with status 416.
  boolean isEmpty() {
    return length == 0;
  }

  /// The value of `Content-Range` for this part of a body of `size` bytes.
  String contentRange(long size) {
    return "bytes %d-%d/%d".formatted(first, first + length - 1, size);
  }
}
