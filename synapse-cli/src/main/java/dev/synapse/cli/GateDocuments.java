package dev.synapse.cli;

import dev.synapse.gmp.output.Annotations;
import dev.synapse.gmp.output.HtmlReport;
import dev.synapse.gmp.output.JunitXml;
import dev.synapse.gmp.output.MarkdownSummary;
import dev.synapse.gmp.output.ResultJson;
import dev.synapse.gmp.output.SarifLog;
import dev.synapse.gmp.output.SourceText;
import dev.synapse.gmp.verdict.GateResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Supplier;

/// The documents that are written of a judgement.
final class GateDocuments {
  private final SynapseCommand synapse;
  private final Supplier<Optional<String>> html;
  private final Supplier<Optional<String>> sarif;
  private final Supplier<Optional<String>> junit;
  private final Supplier<Optional<String>> markdown;
  private final Syntax.Flag annotations;
  private final Syntax.Flag json;

  GateDocuments(SynapseCommand synapse, Syntax syntax) {
    this.synapse = synapse;
    html = syntax.option("--html", "FILE", "Write a page for browsers.");
    sarif = syntax.option("--sarif", "FILE", "Write SARIF 2.1.0.");
    junit = syntax.option("--junit", "FILE", "Write the limits as a suite of tests.");
    markdown = syntax.option("--markdown", "FILE", "Write a summary for a pull request.");
    annotations = syntax.flag("--annotations", "Print workflow commands of GitHub.");
    json = syntax.flag("--json", "Print the judgement as an object.");
  }

  /// Whether a file is to be written.
  boolean any() {
    return html.get().isPresent()
        || sarif.get().isPresent()
        || junit.get().isPresent()
        || markdown.get().isPresent();
  }

  /// Writes all that is asked for, and prints `text`, or the object.
  void write(GmpCommand.Judged judged, String text) throws IOException {
    GateResult result = judged.result();
    writeFiles(judged);
    if (json.given()) {
      Json.print(synapse.out(), ResultJson.of(result));
    } else {
      synapse.out().print(text);
    }
    if (annotations.given()) {
      // GitHub reads both streams; what is parsed by others stays whole.
      PrintStream stream = json.given() ? synapse.err() : synapse.out();
      stream.print(Annotations.write(result));
    }
  }

  private void writeFiles(GmpCommand.Judged judged) throws IOException {
    GateResult result = judged.result();
    write(
        html, () -> HtmlReport.write(result, judged.policy(), SourceText.below(judged.sources())));
    write(sarif, () -> SarifLog.write(result));
    write(junit, () -> JunitXml.write(result));
    write(markdown, () -> MarkdownSummary.write(result));
  }

  /// Prints what is recommended, as text or as an object, and writes the documents asked for.
  void recommend(GmpCommand.Judged judged) throws IOException {
    GateResult result = judged.result();
    if (json.given()) {
      Json.print(synapse.out(), Json.parse(result.recommendation().toJson()));
      writeFiles(judged);
    } else {
      write(judged, result.recommendation().toText() + System.lineSeparator());
    }
  }

  /// Written beside its place, then renamed: a reader never sees half a document.
  private void write(Supplier<Optional<String>> option, Supplier<String> document)
      throws IOException {
    Optional<String> given = option.get();
    if (given.isEmpty()) {
      return;
    }
    Path file = synapse.folder().resolve(given.get());
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(part, document.get());
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
