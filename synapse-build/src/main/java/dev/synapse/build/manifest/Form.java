package dev.synapse.build.manifest;

import dev.synapse.build.source.Glob;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The forms that strings of a manifest have to have: what a message calls each, and how it is
/// read.
///
/// The same forms stand in `schemas/synapse-v1.json`; a test holds the two together.
///
/// @param expected what messages call it
/// @param parse answers empty for what does not have the form
record Form<T>(String expected, Function<String, Optional<T>> parse) {
  static final Form<String> NAME =
      matching(
          "a name of letters, digits and . _ + -, a letter first",
          "(?!.*\\.drv$)[A-Za-z][A-Za-z0-9._+-]{0,99}");
  static final Form<String> VERSION =
      matching("a version of letters, digits and . _ + -", "[A-Za-z0-9][A-Za-z0-9._+-]{0,99}");
  static final Form<String> OUTPUT =
      matching("the name of an output, letters, digits and _", "[A-Za-z][A-Za-z0-9_]{0,31}");
  static final Form<String> VARIABLE =
      matching("the name of a variable", "[A-Za-z_][A-Za-z0-9_]{0,199}");
  static final Form<String> TEXT = matching("a string without NUL", "[^\\x00]*");
  static final Form<String> SOME_TEXT = matching("a string that is not empty", "[^\\x00]+");
  static final Form<String> ARGUMENT =
      matching("a goal or an option of Maven", "[^\\x00-\\x1f\\x7f]+");
  static final Form<String> SUITE =
      matching("the name of a Debian suite", "[a-z][a-z0-9.-]*(/[a-z][a-z0-9.-]*)?");
  static final Form<String> DEB = matching("the name of a Debian package", "[a-z0-9][a-z0-9+.-]+");
  static final Form<String> COMPONENT =
      matching("the name of a component", "[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?");
  static final Form<String> ARCHITECTURE =
      matching("the name of an architecture", "[a-z0-9][a-z0-9-]*");
  static final Form<String> ABSOLUTE_PATH =
      matching("an absolute path without . and ..", "(/(?!\\.\\.?(/|$))[^/\\x00-\\x1f]+)+");
  static final Form<String> RELATIVE_PATH =
      matching(
          "a path below the manifest's folder",
          "(?!\\.\\.?(/|$))[^/\\x00-\\x1f]+(/(?!\\.\\.?(/|$))[^/\\x00-\\x1f]+)*");
  static final Form<String> STAGE =
      matching("the name of a stage, a-z, 0-9 and -", "[a-z][a-z0-9-]{0,49}");
  static final Form<String> ADDRESS =
      matching(
          "an address that starts with https://, http:// or file:///, without a password",
          "(https?://[^\\s/@?#]+(/\\S*)?|file:///\\S+)");
  static final Form<Hash> SHA256 =
      new Form<>(
          "a SHA-256, 64 hexadecimal digits or sha256- and base 64",
          text ->
              text.matches("[0-9a-f]{64}|sha256-[A-Za-z0-9+/]{43}=")
                  ? hash(text)
                  : Optional.empty());
  static final Form<Coordinates> COORDINATES =
      new Form<>(
          "coordinates group:artifact:version[:extension[:classifier]] of a release",
          text -> Coordinates.parse(text).filter(Coordinates::isFixed));
  static final Form<String> GLOB =
      new Form<>(
          "a glob of paths below the source's folder", text -> Glob.parse(text).map(_ -> text));

  private static Form<String> matching(String expected, String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
    return new Form<>(
        expected, text -> pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty());
  }

  /// One of the constants, by its name in lower case.
  static <E extends Enum<E>> Form<E> oneOf(Class<E> type) {
    String names =
        String.join(", ", Arrays.stream(type.getEnumConstants()).map(Form::label).toList());
    return new Form<>(
        "one of " + names,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> label(constant).equals(text))
                .findFirst());
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static Optional<Hash> hash(String text) {
    try {
      return Optional.of(Hash.parse(text, HashAlgorithm.SHA256));
    } catch (HashFormatException _) {
      return Optional.empty();
    }
  }
}
