package dev.synapse.gmp.analysis;

import dev.synapse.gmp.analysis.LeftOut.Rule;
import dev.synapse.gmp.analysis.SourceSet.Candidate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// From one file to all that is found in it.
final class FileScan {
  private FileScan() {}

  static FileResult scan(Candidate candidate) {
    try {
      return scan(candidate, SourceText.read(candidate.file()));
    } catch (DamagedSource e) {
      return new FileResult.Failed(new Unreadable(candidate.path(), e.reason()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FileResult scan(Candidate candidate, SourceText text) throws DamagedSource {
    Language language = candidate.language();
    TokenStream tokens = Lexers.lex(language, candidate.path(), text.text());
    Optional<Rule> rule = GeneratedCode.rule(text, tokens);
    if (rule.isPresent()) {
      return new FileResult.Omitted(new LeftOut(candidate.path(), rule.get()));
    }
    var findings = new Findings(candidate.path());
    if (!text.wasUtf8()) {
      findings.note("is not UTF-8, what is not was read as unknown characters");
    }
    find(language, tokens, text, findings);
    return new FileResult.Measured(
        candidate,
        text.lines(),
        tokens.count(),
        tokens.code(),
        ComparedTokens.of(language, tokens),
        findings);
  }

  private static void find(
      Language language, TokenStream tokens, SourceText text, Findings findings) {
    switch (language) {
      case JAVA -> JavaScan.scan(tokens, findings);
      case PYTHON -> PythonScan.scan(tokens, text.list(), findings);
      case KOTLIN, JAVASCRIPT, TYPESCRIPT, GO, CSHARP, RUST, CPP ->
          BraceScan.scan(language, tokens, findings);
    }
  }
}
