package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

/// A number in code that no name explains, see [Definitions#MAGIC_NUMBERS].
///
/// @param file the file's path in [SourceFile]
/// @param line from 1
/// @param column of the literal's first character, from 1; a tabulator is one character
/// @param literal as it is written, with its sign
public record MagicNumber(String file, int line, int column, String literal) {
  public MagicNumber {
    requireNonNull(file, "file");
    requireNonNull(literal, "literal");
    if (line < 1 || column < 1 || literal.isEmpty()) {
      throw new IllegalArgumentException(
          "number '%s' at line %d, column %d".formatted(literal, line, column));
    }
  }
}
