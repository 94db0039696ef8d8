package dev.synapse.gmp.report.format;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/// Lets XML pass, unless one tag, comment or instruction is larger than a parser should hold at
/// once. Text and character data of any size pass, for a parser hands them on in pieces.
final class TagBound extends FilterReader {
  static final int MAX_TAG = 8 << 20;

  private static final int ENDING = 2;

  /// Without its `<`: in one that is shorter the end overlaps the beginning.
  private static final int SHORTEST_COMMENT = "!---->".length();

  private enum In {
    TEXT,
    OPENED,
    DECLARATION,
    TAG,
    CHARACTER_DATA,
    COMMENT,
    INSTRUCTION
  }

  /// A tag is too large.
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private In state = In.TEXT;
  private int size;
  private char quote;
  private char last;
  private int repeated;

  TagBound(Reader in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int got = super.read(buffer, offset, length);
    for (int i = 0; i < got; i++) {
      char c = buffer[offset + i];
      if (state != In.TEXT) {
        markup(c);
      } else if (c == '<') {
        state = In.OPENED;
        size = 0;
      }
    }
    return got;
  }

  private void markup(char c) throws IOException {
    if (state != In.CHARACTER_DATA && ++size > MAX_TAG) {
      throw new TooLarge();
    }
    state =
        switch (state) {
          case OPENED -> opened(c);
          case DECLARATION -> declaration(c);
          case TAG -> tag(c);
          case CHARACTER_DATA -> ends(c, ']') ? In.TEXT : state;
          case COMMENT -> size >= SHORTEST_COMMENT && ends(c, '-') ? In.TEXT : state;
          case INSTRUCTION -> c == '>' && last == '?' ? In.TEXT : state;
          case TEXT -> state;
        };
    repeated = c == last ? repeated + 1 : 1;
    last = c;
  }

  private static In opened(char c) {
    return switch (c) {
      case '!' -> In.DECLARATION;
      case '?' -> In.INSTRUCTION;
      case '>' -> In.TEXT;
      default -> In.TAG;
    };
  }

  private static In declaration(char c) {
    return switch (c) {
      case '[' -> In.CHARACTER_DATA;
      case '-' -> In.COMMENT;
      default -> In.TAG;
    };
  }

  private In tag(char c) {
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
      return In.TAG;
    }
    quote = c == '"' || c == '\'' ? c : 0;
    return c == '>' ? In.TEXT : In.TAG;
  }

  /// Whether two of a character, or more, stand before this `>`.
  private boolean ends(char c, char twice) {
    return c == '>' && last == twice && repeated >= ENDING;
  }
}
