package dev.synapse.gmp.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/// A statement over several lines is one statement.
final class StatementsTest {
  private static String ranges(boolean marks, String text) {
    List<String> lines = text.lines().toList();
    var statements = Statements.of(lines, marks);
    return String.join(
        " ",
        IntStream.rangeClosed(1, lines.size())
            .mapToObj(line -> statements.first(line) + "-" + statements.last(line))
            .distinct()
            .toList());
  }

  @Test
  void aStatementOfJavaEndsWithItsMark() {
    assertThat(
            ranges(
                true,
                """
                class A {
                  int sum(int a) {
                    return a
                        + other( // not; here
                            1,
                            2);
                  }

                  /* a; comment
                     of two lines; */
                  String s = "; {";
                  String t = \"\"\"
                      text;
                      \"\"\";
                }
                """))
        .isEqualTo("1-1 2-2 3-6 7-7 8-8 9-9 10-10 11-11 12-14 15-15");
  }

  @Test
  void aStatementOfPythonEndsWithItsLineUnlessABracketIsOpen() {
    assertThat(
            ranges(
                false,
                """
                x = 1
                y = f(
                    1,  # one (
                    2)
                z = 1 + \\
                    2
                def f():
                    '''doc
                    more'''
                    return [
                    ]
                """))
        .isEqualTo("1-1 2-4 5-6 7-7 8-9 10-11");
  }

  @Test
  void behindTheEndALineIsAlone() {
    var statements = Statements.of(List.of("x;"), true);
    assertThat(statements.first(9)).isEqualTo(9);
    assertThat(statements.last(9)).isEqualTo(9);
  }

  @Property(seed = "7", tries = 300)
  void noLineIsLostWhateverItSays(
      @ForAll @Size(max = 20)
          List<
                  @StringLength(max = 12) @AlphaChars
                  @Chars({'(', ')', '{', '}', ';', '"', '\'', '\\', '/', '*', '#'}) String>
              lines,
      @ForAll boolean marks) {
    var statements = Statements.of(lines, marks);
    for (int line = 1; line <= lines.size(); line++) {
      assertThat(statements.first(line)).isBetween(1, line);
      assertThat(statements.last(line)).isBetween(line, lines.size());
    }
  }
}
