package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RawTextTest {
  @TempDir private Path home;

  @Test
  void hasNoNulByte() {
    assertThatThrownBy(() -> RawText.of(new byte[] {'a', 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a NUL byte at offset 1 of an argument");
  }

  @Test
  void isOrderedByUnsignedBytes() {
    RawText high = RawText.of(new byte[] {(byte) 0xff});
    var ordered = new TreeSet<RawText>();
    ordered.add(high);
    ordered.add(RawText.of("b"));
    ordered.add(RawText.of("a"));

    assertThat(ordered).containsExactly(RawText.of("a"), RawText.of("b"), high);
    assertThat(high).isNotEqualTo(RawText.of("a")).hasToString("\uFFFD");
    assertThat(high).hasSameHashCodeAs(RawText.of(new byte[] {(byte) 0xff}));
  }

  @Test
  void ofAPathIsItsVeryBytes() throws Exception {
    assertThat(RawText.of(Path.of("/a b"))).hasToString("/a b");
    Path folder = Files.createDirectory(home.resolve("größe 100%"));
    assertThat(RawText.of(folder)).isEqualTo(RawText.of(folder.toString()));
    assertThat(RawText.of(Path.of("ä/b"))).isEqualTo(RawText.of("ä/b"));
  }

  @Test
  void ofAPathKeepsBytesThatNoCharacterSetCanRead() throws Exception {
    var create =
        new ProcessBuilder("/bin/sh", "-c", "touch \"$(printf 'odd\\377name')\"")
            .directory(home.toFile());
    assertThat(create.start().waitFor()).isZero();
    byte[] name = "odd\u00ffname".getBytes(StandardCharsets.ISO_8859_1);

    try (var files = Files.list(home)) {
      Path odd = files.findFirst().orElseThrow();
      assertThat(RawText.of(odd.getFileName()).toBytes()).isEqualTo(name);
      assertThat(RawText.of(odd).toBytes())
          .endsWith(name)
          .startsWith(home.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
