package dev.synapse.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Text that somebody else wrote, such as a builder, made safe for a terminal: it moves no cursor,
/// changes no colour, no title and no clipboard (ECMA-48).
final class PlainText {
  /// Sequences that begin with CSI, and strings that begin with OSC, DCS, SOS, PM or APC; each of
  /// those beginnings is ESC and a letter, or one character.
  private static final Pattern SEQUENCES =
      Pattern.compile(
          "(?:\033\\[|\u009b)[0-?]*[ -/]*[@-~]"
              + "|(?:\033[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\007\033\u009c]*"
              + "(?:\007|\033\\\\|\u009c|$)");

  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\t]]");

  private static final int LONGEST_PIECE = 1 << 16;

  private PlainText() {}

  /// The text without such sequences, and with a blank for every other control character but tabs.
  static String of(String text) {
    return text.chars().noneMatch(each -> Character.isISOControl(each) && each != '\t')
        ? text
        : CONTROLS.matcher(SEQUENCES.matcher(text).replaceAll("")).replaceAll(" ");
  }

  /// Copies a text, line by line; what is no UTF-8 in it is replaced.
  static void copy(InputStream text, PrintStream out) throws IOException {
    Reader reader = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    StringBuilder line = new StringBuilder();
    for (int next = reader.read(); next >= 0; next = reader.read()) {
      if (next != '\n') {
        line.append((char) next);
      }
      if (next == '\n' || line.length() == LONGEST_PIECE) {
        out.print(of(line.toString()));
        out.print(next == '\n' ? "\n" : "");
        line.setLength(0);
      }
    }
    out.print(of(line.toString()));
  }
}
