package dev.synapse.gmp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CompoundIdTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello|2cf24dba",
        "{}|44136fa3",
        "{\"a\": 1}|f9d86028",
        "{\"a\": 1, \"b\": 2, \"c\": 3}|d97e5b98",
        "{\"action\": \"create_file\"}|add02a45",
        "{\"data\": \"value\"}|36e7cbec",
        "{\"_context\": \"extra\", \"data\": \"value\"}|8429bfdc",
      })
  void hashesAsItAlwaysDid(String content, String hash) {
    assertThat(CompoundId.of("batch", 42, content)).hasToString("batch_000042_" + hash);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan_000042_a1b2c3d4", "batch_999999_00000000", "big_1000000_f9d86028"})
  void readsWhatItWrites(String text) {
    assertThat(CompoundId.parse(text).orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pattern_000100_abc_def_123",
        "my_type_000001_aaaaaaaa",
        "plan_-5_x",
        "plan_42_",
        "_1_x",
        "plan_ 7 _x",
        "only_two_parts",
        "invalid",
        "",
        "plan_000042_A1B2C3D4",
        "plan_42_a1b2c3d4",
        "plan_000000_a1b2c3d4",
        "plan_0000042_a1b2c3d4",
        "plan_000042_a1b2c3d4\n",
        "batch_9999999999999999999_a1b2c3d4",
      })
  void readsNothingElse(String text) {
    assertThat(CompoundId.parse(text)).isEmpty();
  }

  @Test
  void refusesATypeThatCouldNotBeReadBack() {
    assertThatThrownBy(() -> CompoundId.of("my_type", 1, "hello"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
