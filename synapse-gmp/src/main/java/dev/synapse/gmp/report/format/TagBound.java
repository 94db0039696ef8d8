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
    int end = offset + got;
    int at = offset;
    while (at < end) {
      at =
          switch (state) {
            case TEXT -> text(buffer, at, end);
            case TAG -> tag(buffer, at, end);
            default -> markup(buffer[at], at);
          };
    }
    return got;
  }

  /// Passes text up to the next markup.
  private int text(char[] buffer, int from, int end) {
    for (int at = from; at < end; at++) {
      if (buffer[at] == '<') {
        state = In.OPENED;
        size = 0;
        return at + 1;
      }
    }
    return end;
  }

  /// Passes a tag up to the next quote, or its end.
  private int tag(char[] buffer, int from, int end) throws TooLarge {
    int at = quote == 0 ? unquoted(buffer, from, end) : quoted(buffer, from, end);
    grow(at - from);
    return at;
  }

  private int unquoted(char[] buffer, int from, int end) {
    for (int at = from; at < end; at++) {
      char c = buffer[at];
      if (c == '>') {
        state = In.TEXT;
        return at + 1;
      }
      if (c == '"' || c == '\'') {
        quote = c;
        return at + 1;
      }
    }
    return end;
  }

  private int quoted(char[] buffer, int from, int end) {
    for (int at = from; at < end; at++) {
      if (buffer[at] == quote) {
        quote = 0;
        return at + 1;
      }
    }
    return end;
  }

  /// Passes one character of other markup.
  private int markup(char c, int at) throws TooLarge {
    grow(1);
    state =
        switch (state) {
          case OPENED -> opened(c);
          case DECLARATION -> declaration(c);
          case CHARACTER_DATA -> unless(ends(c, ']'));
          case COMMENT -> unless(size >= SHORTEST_COMMENT && ends(c, '-'));
          default -> unless(c == '>' && last == '?');
        };
    repeated = c == last ? repeated + 1 : 1;
    last = c;
    return at + 1;
  }

  private In unless(boolean ended) {
    return ended ? In.TEXT : state;
  }

  private void grow(int read) throws TooLarge {
    size += state == In.CHARACTER_DATA ? 0 : read;
    if (size > MAX_TAG) {
      throw new TooLarge();
    }
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

  /// Whether two of a character, or more, stand before this `>`.
  private boolean ends(char c, char twice) {
    return c == '>' && last == twice && repeated >= ENDING;
  }
}
