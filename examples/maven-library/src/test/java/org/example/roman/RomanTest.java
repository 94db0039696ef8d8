package org.example.roman;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RomanTest {
  @ParameterizedTest
  @CsvSource({"1,I", "4,IV", "9,IX", "14,XIV", "1994,MCMXCIV", "3999,MMMCMXCIX"})
  void writesNumerals(int number, String text) {
    assertEquals(text, Roman.write(number));
  }

  @Test
  void readsBackWhatItWrote() {
    for (int number = 1; number <= 3999; number++) {
      assertEquals(number, Roman.read(Roman.write(number)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "IIII", "VX", "IM", "abc", "MMMM"})
  void refusesWhatIsNoNumeral(String text) {
    assertThrows(IllegalArgumentException.class, () -> Roman.read(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 4000})
  void refusesNumbersWithoutNumeral(int number) {
    assertThrows(IllegalArgumentException.class, () -> Roman.write(number));
  }
}
