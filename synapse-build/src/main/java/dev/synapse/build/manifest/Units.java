package dev.synapse.build.manifest;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts as people write them.
final class Units {
  private static final Pattern DURATION =
      Pattern.compile(
          "(?=.)(?:(?<days>[1-9][0-9]{0,5})d)?(?:(?<hours>[1-9][0-9]{0,5})h)?"
              + "(?:(?<minutes>[1-9][0-9]{0,5})m)?(?:(?<seconds>[1-9][0-9]{0,5})s)?");
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([kMGT]B|[KMGT]iB)");
  private static final Map<String, Long> SIZES =
      Map.of(
          "kB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "TB",
          1_000_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30,
          "TiB",
          1L << 40);

  /// The last second of the year 9999, the last that a date of four digits has.
  static final long LAST_SECOND = 253_402_300_799L;

  private Units() {}

  /// `2h`, `1h30m`, `90s`.
  static Optional<Duration> duration(String text) {
    Matcher found = DURATION.matcher(text);
    if (!found.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofDays(number(found.group("days")))
            .plusHours(number(found.group("hours")))
            .plusMinutes(number(found.group("minutes")))
            .plusSeconds(number(found.group("seconds"))));
  }

  private static long number(@org.jspecify.annotations.Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /// Bytes: `8GiB`, `500MB`.
  static Optional<Long> size(String text) {
    Matcher found = SIZE.matcher(text);
    return found.matches()
        ? Optional.of(Long.parseLong(found.group(1)) * SIZES.getOrDefault(found.group(2), 1L))
        : Optional.empty();
  }

  /// Seconds since 1970 of a date, `2026-11-23`, or of a moment, `2026-11-23T12:00:00Z`.
  static OptionalLong seconds(String text) {
    try {
      Instant moment =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
              : OffsetDateTime.parse(text).toInstant();
      long seconds = moment.getEpochSecond();
      return seconds >= 0 && seconds <= LAST_SECOND
          ? OptionalLong.of(seconds)
          : OptionalLong.empty();
    } catch (DateTimeException _) {
      return OptionalLong.empty();
    }
  }
}
