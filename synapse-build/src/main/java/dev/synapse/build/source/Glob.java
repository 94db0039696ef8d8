package dev.synapse.build.source;

import java.util.Optional;
import java.util.regex.Pattern;

/// A pattern for paths, the same on every machine.
///
/// - `*` stands for any characters but `/`, none included; `?` for one character but `/`
/// - `**` is a whole segment and stands for any number of folders, none included; at the end for
///   everything below
/// - `{a,b}` stands for one of the alternatives, which may hold the others, braces too
/// - everything else stands for itself; names that start with a dot are like any other
///
/// A path is parted by `/` and has no leading one. A glob that matches a folder matches what is in
/// it.
public final class Glob {
  private final String text;
  private final Pattern pattern;

  private Glob(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /// Reads a glob; empty when `text` is none: not a path below the folder, a `**` that is not a
  /// whole segment, a brace without its partner.
  public static Optional<Glob> parse(String text) {
    for (String segment : text.split("/", -1)) {
      if (segment.isEmpty()
          || segment.equals(".")
          || segment.equals("..")
          || (segment.contains("**") && !segment.equals("**"))) {
        return Optional.empty();
      }
    }
    return new Translation(text)
        .regex()
        .map(regex -> new Glob(text, Pattern.compile(regex, Pattern.DOTALL)));
  }

  /// What the signs of a glob become in a pattern; what is none of them stands for itself.
  private static final class Translation {
    private static final String SEGMENTS = "**";

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private int index;
    private int depth;

    Translation(String glob) {
      this.glob = glob;
    }

    /// Empty when a brace has no partner, or a `**` stands within braces.
    Optional<String> regex() {
      boolean sound = true;
      while (sound && index < glob.length()) {
        sound = glob.startsWith(SEGMENTS, index) ? segments() : letter(glob.codePointAt(index));
      }
      return sound && depth == 0 ? Optional.of(regex + "(?:/.*)?") : Optional.empty();
    }

    private boolean segments() {
      int end = index + SEGMENTS.length();
      boolean last = end == glob.length();
      regex.append(last ? ".+" : "(?:[^/]+/)*");
      index = last ? end : end + 1; // and the slash
      return depth == 0;
    }

    private boolean letter(int letter) {
      switch (letter) {
        case '*' -> regex.append("[^/]*");
        case '?' -> regex.append("[^/]");
        case '{' -> {
          depth++;
          regex.append("(?:");
        }
        case '}' -> {
          depth--;
          regex.append(')');
        }
        case ',' -> regex.append(depth > 0 ? "|" : ",");
        default -> regex.append(Pattern.quote(Character.toString(letter)));
      }
      index += Character.charCount(letter);
      return depth >= 0;
    }
  }

  /// Whether the path, or a folder it is in, is one of those the glob stands for.
  public boolean matches(String path) {
    return pattern.matcher(path).matches();
  }

  /// As it was written.
  @Override
  public String toString() {
    return text;
  }
}
