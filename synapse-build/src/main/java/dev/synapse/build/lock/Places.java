package dev.synapse.build.lock;

import java.util.Arrays;
import java.util.regex.Pattern;

/// What names of repositories and paths in them look like.
final class Places {
  private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9][a-z0-9._-]*");
  private static final Pattern SEGMENT = Pattern.compile("[^/\\\\\\p{Cntrl}]+");

  private Places() {}

  static boolean isRepository(String text) {
    return REPOSITORY.matcher(text).matches();
  }

  /// Whether `text` is a path that stays below the place it is resolved against.
  static boolean isPath(String text) {
    return Arrays.stream(text.split("/", -1))
        .allMatch(
            segment ->
                SEGMENT.matcher(segment).matches()
                    && !segment.equals(".")
                    && !segment.equals(".."));
  }

  static void requireRepository(String text) {
    if (!isRepository(text)) {
      throw new IllegalArgumentException("'" + text + "' is not the name of a repository");
    }
  }

  static void requirePath(String text) {
    if (!isPath(text)) {
      throw new IllegalArgumentException("'" + text + "' is not a path below a repository");
    }
  }
}
