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
    return regexOf(text).map(regex -> new Glob(text, Pattern.compile(regex, Pattern.DOTALL)));
  }

  private static Optional<String> regexOf(String glob) {
    StringBuilder regex = new StringBuilder();
    int depth = 0;
    int index = 0;
    while (index < glob.length()) {
      int letter = glob.codePointAt(index);
      if (letter == '*' && glob.startsWith("**", index)) {
        boolean last = index + 2 == glob.length();
        if (depth > 0) {
          return Optional.empty();
        }
        regex.append(last ? ".+" : "(?:[^/]+/)*");
        index += last ? 2 : 3;
        continue;
      }
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
      if (depth < 0) {
        return Optional.empty();
      }
      index += Character.charCount(letter);
    }
    return depth == 0 ? Optional.of(regex + "(?:/.*)?") : Optional.empty();
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
