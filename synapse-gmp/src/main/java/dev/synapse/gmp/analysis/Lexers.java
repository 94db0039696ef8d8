package dev.synapse.gmp.analysis;

import java.io.IOException;
import net.sourceforge.pmd.cpd.CpdCapableLanguage;
import net.sourceforge.pmd.cpd.CpdLexer;
import net.sourceforge.pmd.cpd.TokenEntry;
import net.sourceforge.pmd.cpd.TokenFactory;
import net.sourceforge.pmd.lang.LanguageVersion;
import net.sourceforge.pmd.lang.TokenManager;
import net.sourceforge.pmd.lang.ast.GenericToken;
import net.sourceforge.pmd.lang.ast.LexException;
import net.sourceforge.pmd.lang.ast.impl.antlr4.AntlrToken;
import net.sourceforge.pmd.lang.ast.impl.javacc.JavaccToken;
import net.sourceforge.pmd.lang.cpp.cpd.CppCpdLexer;
import net.sourceforge.pmd.lang.cs.cpd.CsCpdLexer;
import net.sourceforge.pmd.lang.document.FileId;
import net.sourceforge.pmd.lang.document.TextDocument;
import net.sourceforge.pmd.lang.go.cpd.GoCpdLexer;
import net.sourceforge.pmd.lang.java.cpd.JavaCpdLexer;
import net.sourceforge.pmd.lang.java.internal.JavaLanguageProperties;
import net.sourceforge.pmd.lang.kotlin.cpd.KotlinCpdLexer;
import net.sourceforge.pmd.lang.python.cpd.PythonCpdLexer;
import net.sourceforge.pmd.lang.rust.cpd.RustCpdLexer;
import net.sourceforge.pmd.lang.typescript.cpd.TypeScriptCpdLexer;
import org.jspecify.annotations.Nullable;

/// PMD's lexers, without the filters that CPD puts behind them: those leave out semicolons,
/// imports, and whatever stands between comments that say so.
final class Lexers {
  private Lexers() {}

  /// Cuts a text into its tokens.
  ///
  /// @throws DamagedSource if it is not of the language
  static TokenStream lex(Language language, String path, String text) throws DamagedSource {
    CpdCapableLanguage pmd = SupportedLanguages.pmd(language);
    LanguageVersion version = pmd.getDefaultVersion();
    var stream = new TokenStream();
    try (TextDocument document =
        TextDocument.readOnlyString(text, FileId.fromPathLikeString(path), version)) {
      lexer(language, pmd).tokenize(document, new Sink(stream));
    } catch (LexException e) {
      throw new DamagedSource(
          "not %s at line %d, column %d".formatted(language.title(), e.getLine(), e.getColumn()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return stream;
  }

  private static CpdLexer lexer(Language language, CpdCapableLanguage pmd) {
    return switch (language) {
      case JAVA -> new Java((JavaLanguageProperties) pmd.newPropertyBundle());
      case PYTHON -> new Python();
      case KOTLIN -> new Kotlin();
      case JAVASCRIPT, TYPESCRIPT -> new TypeScript();
      case GO -> new Go();
      case CSHARP -> new Csharp(pmd);
      case RUST -> new Rust();
      case CPP -> new Cpp(pmd);
    };
  }

  /// All tokens up to the end of the file.
  private static <T extends GenericToken<T>> TokenManager<T> all(TokenManager<T> tokens) {
    return new TokenManager<>() {
      @Override
      public @Nullable T getNextToken() {
        T token = tokens.getNextToken();
        return token.isEof() ? null : token;
      }
    };
  }

  private static final class Java extends JavaCpdLexer {
    Java(JavaLanguageProperties properties) {
      super(properties);
    }

    @Override
    protected TokenManager<JavaccToken> filterTokenStream(TokenManager<JavaccToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Python extends PythonCpdLexer {
    @Override
    protected TokenManager<JavaccToken> filterTokenStream(TokenManager<JavaccToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Cpp extends CppCpdLexer {
    Cpp(CpdCapableLanguage pmd) {
      super(pmd.newPropertyBundle());
    }

    @Override
    protected TokenManager<JavaccToken> filterTokenStream(TokenManager<JavaccToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Kotlin extends KotlinCpdLexer {
    @Override
    protected TokenManager<AntlrToken> filterTokenStream(TokenManager<AntlrToken> tokens) {
      return all(tokens);
    }
  }

  private static final class TypeScript extends TypeScriptCpdLexer {
    @Override
    protected TokenManager<AntlrToken> filterTokenStream(TokenManager<AntlrToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Go extends GoCpdLexer {
    @Override
    protected TokenManager<AntlrToken> filterTokenStream(TokenManager<AntlrToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Csharp extends CsCpdLexer {
    Csharp(CpdCapableLanguage pmd) {
      super(pmd.newPropertyBundle());
    }

    @Override
    protected TokenManager<AntlrToken> filterTokenStream(TokenManager<AntlrToken> tokens) {
      return all(tokens);
    }
  }

  private static final class Rust extends RustCpdLexer {
    @Override
    protected TokenManager<AntlrToken> filterTokenStream(TokenManager<AntlrToken> tokens) {
      return all(tokens);
    }
  }

  /// Takes what a lexer finds.
  private record Sink(TokenStream stream) implements TokenFactory {
    @Override
    public void recordToken(String image, int line, int column, int endLine, int endColumn) {
      stream.add(image, line, column, endLine, endColumn);
    }

    @Override
    public LexException makeLexException(
        int line, int column, String message, @Nullable Throwable cause) {
      return new LexException(line, column, FileId.UNKNOWN, message, cause);
    }

    @Override
    public void setImage(TokenEntry entry, String image) {
      throw new UnsupportedOperationException("identifiers keep their names");
    }

    @Override
    public @Nullable TokenEntry peekLastToken() {
      return null;
    }

    @Override
    public void close() {
      // Nothing is kept open.
    }
  }
}
