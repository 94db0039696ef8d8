package dev.synapse.store.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.bytes.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/// What holds of any bytes in a derivation, and of any bytes that should be one.
final class DerivationPropertiesTest {
  @Property(seed = "1")
  void anyBytesComeBack(
      @ForAll @Size(max = 20) byte[] builder,
      @ForAll @Size(max = 20) byte[] argument,
      @ForAll @Size(max = 20) byte[] key,
      @ForAll @Size(max = 20) byte[] value)
      throws Exception {
    Derivation derivation =
        new Derivation(
            "any",
            new TreeMap<>(Map.of("out", new DerivationOutput.Deferred())),
            new TreeMap<>(),
            new TreeSet<>(),
            ByteString.of("s"),
            ByteString.of(builder),
            List.of(ByteString.of(argument), ByteString.of(argument)),
            new TreeMap<>(Map.of(ByteString.of(key), ByteString.of(value))));

    assertThat(Derivation.parse(derivation.toBytes(), "any")).isEqualTo(derivation);
  }

  @Property(seed = "1")
  void aChangedTermIsRefusedOrReadAndWrittenToTheSameValue(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] term =
        ByteString.of(
                "Derive([(\"out\",\"\",\"\",\"\")],[],[],\"s\",\"b\",[\"a\\n\"],[(\"k\",\"v\")])")
            .toByteArray();
    term[random.nextInt(term.length)] = (byte) random.nextInt();
    try {
      Derivation read = Derivation.parse(term, "any");
      assertThat(Derivation.parse(read.toBytes(), "any")).isEqualTo(read);
    } catch (DerivationException e) {
      assertThat(e).hasMessage(e.problem().message());
    }
  }
}
