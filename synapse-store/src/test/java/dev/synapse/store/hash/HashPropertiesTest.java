package dev.synapse.store.hash;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/// What holds of any bytes.
final class HashPropertiesTest {
  @Property(seed = "1")
  void nix32GivesTheBytesBack(@ForAll @Size(max = 80) byte[] bytes) throws Exception {
    assertThat(Nix32.decode(Nix32.encode(bytes))).isEqualTo(bytes);
  }

  @Property(seed = "1")
  void whatNix32TakesItWritesTheSame(@ForAll @Size(max = 60) char[] characters) {
    String text = new String(characters);
    try {
      assertThat(Nix32.encode(Nix32.decode(text))).isEqualTo(text);
    } catch (HashFormatException e) {
      assertThat(e.problem()).isEqualTo(new HashProblem.BadDigits(text, "nix32"));
    }
  }
}
