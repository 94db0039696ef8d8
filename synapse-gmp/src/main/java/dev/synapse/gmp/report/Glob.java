package dev.synapse.gmp.report;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A pattern for files below a folder, as bash reads it inside the room with `globstar` and
/// `dotglob`: `*` and `?` within a name, `[...]`, and `**` as a whole name for any number of
/// folders, also none. Symbolic links are neither followed nor matched.
final class Glob {
  private final List<String> names;
  private final Pattern pattern;

  private Glob(List<String> names) {
    this.names = names;
    this.pattern = Pattern.compile(regularExpression(names), Pattern.DOTALL);
  }

  /// Empty when the text is not a relative path without `.` and `..`.
  static Optional<Glob> parse(String text) {
    List<String> names = Arrays.asList(text.split("/", -1));
    boolean bad =
        names.stream().anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    return bad ? Optional.empty() : Optional.of(new Glob(names));
  }

  /// The regular files that match, relative to the folder, with `/` between names.
  List<String> filesBelow(Path folder) throws IOException {
    Path start = folder;
    for (String name : names.subList(0, names.size() - 1)) {
      if (isPattern(name)) {
        break;
      }
      start = start.resolve(name);
      if (!Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
        return List.of();
      }
    }
    var found = new TreeSet<String>();
    Files.walkFileTree(start.toRealPath(), new Collector(folder.toRealPath(), pattern, found));
    return List.copyOf(found);
  }

  private static boolean isPattern(String name) {
    return name.chars().anyMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  private static String regularExpression(List<String> names) {
    var regex = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      boolean last = i == names.size() - 1;
      if (names.get(i).equals("**")) {
        regex.append(last ? ".*" : "(?:[^/]+/)*");
      } else {
        regex.append(nameExpression(names.get(i)));
        if (!last) {
          regex.append('/');
        }
      }
    }
    return regex.toString();
  }

  private static String nameExpression(String name) {
    var regex = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      int end = c == '[' ? name.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (end > 0) {
        regex.append(set(name.substring(i + 1, end)));
        i = end;
      } else if (c == '\\' && i + 1 < name.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(name.charAt(i))));
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return regex.toString();
  }

  private static String set(String inside) {
    boolean negated = inside.startsWith("!") || inside.startsWith("^");
    String members = negated ? inside.substring(1) : inside;
    return "(?!/)[" + (negated ? "^" : "") + members.replaceAll("[\\\\\\[\\]&^]", "\\\\$0") + "]";
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final Path folder;
    private final Pattern pattern;
    private final Set<String> found;

    Collector(Path folder, Pattern pattern, Set<String> found) {
      this.folder = folder;
      this.pattern = pattern;
      this.found = found;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = folder.relativize(file).toString();
      if (attributes.isRegularFile() && pattern.matcher(name).matches()) {
        found.add(name);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
