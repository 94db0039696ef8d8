package dev.synapse.gmp.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.sourceforge.pmd.cpd.CpdCapableLanguage;
import net.sourceforge.pmd.lang.LanguageRegistry;
import org.jspecify.annotations.Nullable;

/// The languages that are really there. PMD leaves a language out of its registry without a word
/// when a library that it needs is missing; its sources would then count as measured and clean.
public final class SupportedLanguages {
  /// PMD's own lexer of JavaScript ends with its fifth edition; that of TypeScript, which holds
  /// JavaScript, does not.
  private static final Map<Language, String> PMD_IDS =
      Map.of(
          Language.JAVA, "java",
          Language.PYTHON, "python",
          Language.KOTLIN, "kotlin",
          Language.JAVASCRIPT, "typescript",
          Language.TYPESCRIPT, "typescript",
          Language.GO, "go",
          Language.CSHARP, "cs",
          Language.RUST, "rust",
          Language.CPP, "cpp");

  private SupportedLanguages() {}

  /// Makes sure that every language of [Language] can be read.
  ///
  /// @throws IllegalStateException if one cannot be, with the names of all that are missing
  public static void require() {
    List<String> unknown = those(language -> find(language) == null);
    List<String> missing = unknown.isEmpty() ? those(language -> !works(language)) : unknown;
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "this Synapse is not complete: no lexer for %s on its class path"
              .formatted(String.join(", ", missing)));
    }
  }

  private static List<String> those(Predicate<Language> condition) {
    return Arrays.stream(Language.values()).filter(condition).map(Language::title).toList();
  }

  /// Whether a text can be read. Some of what a lexer needs is only looked for then.
  private static boolean works(Language language) {
    try {
      return Lexers.lex(language, "", "").size() == 0;
    } catch (LinkageError | DamagedSource e) {
      return false;
    }
  }

  static CpdCapableLanguage pmd(Language language) {
    CpdCapableLanguage found = find(language);
    if (found == null) {
      throw new IllegalStateException("no lexer for " + language.title());
    }
    return found;
  }

  private static @Nullable CpdCapableLanguage find(Language language) {
    return (CpdCapableLanguage) LanguageRegistry.CPD.getLanguageById(PMD_IDS.get(language));
  }
}
