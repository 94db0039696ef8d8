package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LineSetTest {
  @Property(seed = "20")
  void isReadAsItIsWritten(@ForAll Set<@IntRange(min = 1, max = 60) Integer> lines) {
    var bits = new BitSet();
    lines.forEach(bits::set);
    LineSet set = LineSet.of(bits);
    assertThat(LineSet.parse(set.toString())).contains(set);
    assertThat(set.size()).isEqualTo(lines.size());
    assertThat(lines).allMatch(set::contains);
  }

  @Test
  void writesRangesInOrder() {
    LineSet set = LineSet.range(9, 12).or(LineSet.range(1, 5)).or(LineSet.range(7, 7));
    assertThat(set).hasToString("1-5,7,9-12");
    assertThat(set.last()).isEqualTo(12);
    assertThat(set.and(LineSet.range(5, 9))).hasToString("5,7,9");
    assertThat(LineSet.none()).hasToString("").isEqualTo(LineSet.parse("").orElseThrow());
    assertThat(LineSet.none().last()).isZero();
    assertThat(set.contains(0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "01", "5-1", "1-2,3", "3,1", "1,1", "1-", "1,", "x", "1-999999999"})
  void refusesWhatItWouldNotWrite(String text) {
    assertThat(LineSet.parse(text)).isEmpty();
  }

  @Test
  void countsLinesFromOne() {
    var zero = new BitSet();
    zero.set(0);
    assertThatThrownBy(() -> LineSet.of(zero)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LineSet.range(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LineSet.range(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
