package dev.synapse.gmp.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A language whose sources are measured.
public enum Language {
  /// Java 8 to 26.
  JAVA("Java", true, "java"),
  /// Python 3, and what of Python 2 has the same tokens.
  PYTHON("Python", true, "py pyi"),
  /// Kotlin, scripts included.
  KOTLIN("Kotlin", false, "kt kts"),
  /// JavaScript, without JSX.
  JAVASCRIPT("JavaScript", false, "js mjs cjs"),
  /// TypeScript, without TSX.
  TYPESCRIPT("TypeScript", false, "ts mts cts"),
  /// Go.
  GO("Go", false, "go"),
  /// C#.
  CSHARP("C#", false, "cs"),
  /// Rust.
  RUST("Rust", false, "rs"),
  /// C and C++.
  CPP("C++", false, "c cc cpp cxx h hh hpp hxx");

  private final String title;
  private final boolean complete;
  private final String extensions;

  Language(String title, boolean complete, String extensions) {
    this.title = title;
    this.complete = complete;
    this.extensions = extensions;
  }

  /// The language that files of this name are written in, by what follows the last dot; empty when
  /// it is none that is measured.
  public static Optional<Language> ofFile(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return name.indexOf('.') < 0
        ? Optional.empty()
        : Arrays.stream(values())
            .filter(language -> language.extensions().contains(extension))
            .findFirst();
  }

  /// The language of that id; empty when there is none.
  public static Optional<Language> named(String id) {
    return Arrays.stream(values()).filter(language -> language.id().equals(id)).findFirst();
  }

  /// The name in reports.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The name that people know it by.
  public String title() {
    return title;
  }

  /// Whether functions and numbers are found as the language's own tools find them. Else they are
  /// found as far as tokens show them; the pages of the metrics say what is missed.
  public boolean complete() {
    return complete;
  }

  /// What the names of its files end in, without the dot.
  public List<String> extensions() {
    return List.of(extensions.split(" "));
  }
}
