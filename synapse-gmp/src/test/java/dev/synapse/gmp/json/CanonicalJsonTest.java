package dev.synapse.gmp.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8785, with its own examples, and with the real ECMAScript where there is one.
final class CanonicalJsonTest {
  private static final Path NODE = Path.of("/usr/bin/node");

  /// Appendix B.
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void writesNumbersAsTheStandardDoes(String bits, String expected) {
    double value = Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(bits));
    assertThat(EcmaNumber.of(value)).isEqualTo(expected);
  }

  @Test
  void writesNumbersAsARealEcmaScriptDoes(@TempDir Path folder) throws Exception {
    assumeTrue(Files.isExecutable(NODE), "there is no node here");
    Random random = new Random(8785);
    List<Double> values =
        random.longs(5000).mapToObj(Double::longBitsToDouble).filter(Double::isFinite).toList();
    String bits =
        values.stream()
            .map(value -> "\"%016x\"".formatted(Double.doubleToRawLongBits(value)))
            .collect(Collectors.joining(",", "[", "]"));
    Path script =
        Files.writeString(
            folder.resolve("numbers.js"),
            "for (const b of "
                + bits
                + ") console.log(JSON.stringify(Buffer.from(b, 'hex').readDoubleBE(0)));");
    Process process = new ProcessBuilder(NODE.toString(), script.toString()).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(values.stream().map(EcmaNumber::of))
        .containsExactlyElementsOf(said.lines().toList());
  }

  /// Section 3.2.2 and 3.2.3.
  @Test
  void writesTheExamplesOfTheStandard() throws Exception {
    String example =
        """
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
          "literals": [null, true, false]
        }
        """;
    assertThat(CanonicalJson.of(CanonicalJson.parse(example.getBytes(UTF_8))))
        .isEqualTo(
            "{\"literals\":[null,true,false],"
                + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");

    Map<String, String> keys =
        Map.of(
            "€", "Euro Sign",
            "\r", "Carriage Return",
            "\ufb33", "Hebrew Letter Dalet With Dagesh",
            "1", "One",
            "😀", "Emoji: Grinning Face",
            "\u0080", "Control",
            "ö", "Latin Small Letter O With Diaeresis");
    assertThat(CanonicalJson.of(keys))
        .containsSubsequence("Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew");
  }

  @Test
  void writesEmptyListsAndObjects() {
    assertThat(CanonicalJson.of(Map.of("a", List.of(), "b", Map.of())))
        .isEqualTo("{\"a\":[],\"b\":{}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1,\"a\":1}",
        "{} {}",
        " {}",
        "{\"b\":1,\"a\":2}",
        "1.0",
        "\"\\u0041\"",
        "9007199254740993",
        "\"\\ud800\"",
      })
  void readsNothingThatIsNotCanonical(String text) {
    assertThatThrownBy(() -> CanonicalJson.parseCanonical(text.getBytes(UTF_8)))
        .isInstanceOf(NotCanonicalException.class);
  }

  @Test
  void refusesWhatJsonCannotSay() {
    assertThatThrownBy(() -> CanonicalJson.of(Map.of("a", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.of(Map.of("a", "half \ud83d of one")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.of(Map.of("a", (1L << 53) + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Whatever byte of a document is changed: it is found canonical exactly when it is what its own
  /// canonical form is.
  @Test
  void findsCanonicalExactlyWhatItWouldWrite() {
    String document =
        CanonicalJson.of(
            Map.of(
                "text", "a\"\\\u0001\n\u007fé😀",
                "numbers", List.of(0, -1, 1.5, 1e21, 1e-7, 123456789012345680L, 100),
                "truth", List.of(true, false),
                "", Map.of("b", List.of(), "a", Map.of())));
    byte[] bytes = document.getBytes(UTF_8);
    assertThat(isCanonical(bytes)).isTrue();
    int canonical = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (byte other : "0123456789.eE+-\"\\u{}[],:abtn \n\u0001\u00e9".getBytes(UTF_8)) {
        byte[] changed = bytes.clone();
        changed[at] = other;
        boolean expected = isItsOwnForm(changed);
        assertThat(isCanonical(changed)).as(new String(changed, UTF_8)).isEqualTo(expected);
        canonical += expected ? 1 : 0;
      }
    }
    assertThat(canonical).isPositive();
  }

  private static boolean isCanonical(byte[] bytes) {
    try {
      CanonicalJson.parseCanonical(bytes);
      return true;
    } catch (NotCanonicalException _) {
      return false;
    }
  }

  private static boolean isItsOwnForm(byte[] bytes) {
    try {
      return Arrays.equals(CanonicalJson.bytes(CanonicalJson.parse(bytes)), bytes);
    } catch (NotCanonicalException | IllegalArgumentException _) {
      return false;
    }
  }

  @Test
  void refusesWhatIsNestedTooDeepInsteadOfFailing() {
    assertThat(isCanonical(("[".repeat(100_000) + "]".repeat(100_000)).getBytes(UTF_8))).isFalse();
  }
}
