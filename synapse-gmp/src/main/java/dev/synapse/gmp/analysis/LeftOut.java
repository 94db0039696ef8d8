package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A source file that is not measured, or a folder that is not looked into, and why.
///
/// @param path relative to the folder of the sources; that of a folder ends with `/`
public record LeftOut(String path, Rule rule) {
  public LeftOut {
    requireNonNull(path, "path");
    requireNonNull(rule, "rule");
  }

  /// Why something is not measured.
  public enum Rule {
    /// A pattern that the project declares.
    DECLARED,
    /// A folder that a build tool fills.
    BUILD_FOLDER,
    /// A folder that holds the code of others.
    DEPENDENCY_FOLDER,
    /// A folder whose name begins with a dot.
    HIDDEN_FOLDER,
    /// A link: what it leads to is measured where it is.
    SYMBOLIC_LINK,
    /// A folder that holds tests.
    TEST_FOLDER,
    /// A file whose name says that it is a test.
    TEST_NAME,
    /// A file whose name says that a program wrote it.
    GENERATED_NAME,
    /// A file whose first comment says that a program wrote it.
    GENERATED_HEADER,
    /// A file whose outermost type is annotated as generated.
    GENERATED_ANNOTATION;

    /// The rule of that id; empty when there is none.
    public static Optional<Rule> named(String id) {
      return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
    }

    /// The name in reports: `test-folder`.
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
