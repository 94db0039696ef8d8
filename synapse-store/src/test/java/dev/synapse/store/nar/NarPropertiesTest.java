package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// What holds of any tree, and of any bytes that should be an archive.
final class NarPropertiesTest {
  private static final int TRIES = 300;

  @Property(seed = "1", tries = TRIES)
  void readingAndWritingGivesTheSameBytes(@ForAll long seed) throws Exception {
    byte[] nar = RandomTree.archive(seed);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    new NarReader(new ByteArrayInputStream(nar)).read(new NarWriter(again));

    assertThat(again.toByteArray()).isEqualTo(nar);
  }

  @Property(seed = "1", tries = TRIES)
  void aChangedByteIsRefusedOrReadAsItStands(
      @ForAll long seed, @ForAll int place, @ForAll @IntRange(min = 1, max = 255) int change)
      throws Exception {
    byte[] nar = RandomTree.archive(seed);
    nar[Math.floorMod(place, nar.length)] ^= (byte) change;
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    NarReader reader = new NarReader(new ByteArrayInputStream(nar));
    try {
      reader.read(new NarWriter(again));
      reader.expectEnd();
      assertThat(again.toByteArray()).isEqualTo(nar);
    } catch (NarException e) {
      assertThat(e.problem()).isNotNull();
    }
  }
}
