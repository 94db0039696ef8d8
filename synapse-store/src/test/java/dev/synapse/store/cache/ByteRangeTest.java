package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The examples of RFC 9110, section 14.1.2, for a body of 10000 bytes, and what is at the edges.
final class ByteRangeTest {
  private static final long SIZE = 10_000;

  @Test
  void aRangeSaysWhichBytes() {
    assertThat(ByteRange.parse("bytes=0-499", SIZE)).hasValue(new ByteRange(0, 500));
    assertThat(ByteRange.parse("bytes=500-999", SIZE)).hasValue(new ByteRange(500, 500));
    assertThat(ByteRange.parse("bytes=-500", SIZE)).hasValue(new ByteRange(9500, 500));
    assertThat(ByteRange.parse("bytes=9500-", SIZE)).hasValue(new ByteRange(9500, 500));
    assertThat(ByteRange.parse("bytes=0-0", SIZE)).hasValue(new ByteRange(0, 1));
    assertThat(new ByteRange(9500, 500).contentRange(SIZE)).isEqualTo("bytes 9500-9999/10000");
  }

  @Test
  void whatGoesBeyondTheEndEndsThere() {
    assertThat(ByteRange.parse("bytes=9999-20000", SIZE)).hasValue(new ByteRange(9999, 1));
    assertThat(ByteRange.parse("bytes=-20000", SIZE)).hasValue(new ByteRange(0, SIZE));
    assertThat(ByteRange.parse("bytes=0-999999999999999999", SIZE))
        .hasValue(new ByteRange(0, SIZE));
  }

  @Test
  void whatBeginsAfterTheEndIsEmpty() {
    assertThat(ByteRange.parse("bytes=10000-", SIZE).orElseThrow().isEmpty()).isTrue();
    assertThat(ByteRange.parse("bytes=-0", SIZE).orElseThrow().isEmpty()).isTrue();
    assertThat(ByteRange.parse("bytes=0-", 0).orElseThrow().isEmpty()).isTrue();
    assertThat(ByteRange.parse("bytes=9999-", SIZE).orElseThrow().isEmpty()).isFalse();
  }

  @Test
  void whatIsNoSingleRangeOfBytesAsksForTheWhole() {
    for (String header :
        List.of(
            "",
            "bytes=-",
            "bytes=5-4",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=a-b",
            "bytes=0",
            "bytes=0-9999999999999999999")) {
      assertThat(ByteRange.parse(header, SIZE)).as(header).isEmpty();
    }
    assertThat(ByteRange.parse(null, SIZE)).isEmpty();
  }
}
