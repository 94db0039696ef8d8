package dev.synapse.cli;

import dev.synapse.store.bytes.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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

  /// Whether a terminal shows what is printed as data.
  static boolean isShown() {
    return Boolean.getBoolean("synapse.terminal.output");
  }

  /// Prints a line whose bytes may be chosen by somebody else: as it is, but [#of(String)] where a
  /// terminal shows it.
  static void line(ByteString line, PrintStream out) throws IOException {
    if (isShown()) {
      out.println(of(line.utf8()));
    } else {
      line.writeTo(out);
      out.write('\n');
    }
  }

  /// The same.
  static void line(String line, PrintStream out) throws IOException {
    line(ByteString.of(line), out);
  }

  /// Where data goes whose bytes may be chosen by somebody else. What is written last may not be
  /// there before it is flushed.
  static OutputStream data(PrintStream out) {
    return isShown() ? new Shown(out) : new BufferedOutputStream(out, LONGEST_PIECE);
  }

  /// Shows bytes as text, line by line; what is no UTF-8 among them is replaced.
  private static final class Shown extends OutputStream {
    private static final int LEAD = 0xc0;
    private static final int LONGEST_CHARACTER = 4;

    private final PrintStream out;
    private final byte[] line = new byte[LONGEST_PIECE];
    private int length;

    Shown(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) {
      if (value == '\n') {
        show(length);
        out.print('\n');
        return;
      }
      if (length == line.length) {
        show(border());
      }
      line[length] = (byte) value;
      length++;
    }

    /// The start of the last character, of which there may be more bytes to come.
    private int border() {
      int last = length - 1;
      while (last > length - LONGEST_CHARACTER && Byte.toUnsignedInt(line[last]) < LEAD) {
        last--;
      }
      return Byte.toUnsignedInt(line[last]) < LEAD ? length : last;
    }

    private void show(int end) {
      out.print(of(new String(line, 0, end, StandardCharsets.UTF_8)));
      System.arraycopy(line, end, line, 0, length - end);
      length -= end;
    }

    @Override
    public void flush() {
      show(length);
      out.flush();
    }
  }
}
