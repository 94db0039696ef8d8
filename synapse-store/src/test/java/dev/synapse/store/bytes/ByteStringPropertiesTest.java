package dev.synapse.store.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/// What holds of any bytes.
final class ByteStringPropertiesTest {
  @Property(seed = "1")
  void theOrderIsThatOfUnsignedBytes(
      @ForAll @Size(max = 6) byte[] one, @ForAll @Size(max = 6) byte[] other) {
    int byHex = HexFormat.of().formatHex(one).compareTo(HexFormat.of().formatHex(other));

    assertThat(Integer.signum(ByteString.of(one).compareTo(ByteString.of(other))))
        .isEqualTo(Integer.signum(byHex));
  }

  @Property(seed = "1")
  void whatIsDoneToTheArraysDoesNotReachIt(@ForAll @Size(min = 1, max = 6) byte[] bytes) {
    byte[] given = bytes.clone();
    ByteString text = ByteString.of(given);
    given[0]++;
    text.toByteArray()[0]++;

    assertThat(text).isEqualTo(ByteString.of(bytes)).hasSameHashCodeAs(ByteString.of(bytes));
  }
}
