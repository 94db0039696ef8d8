package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Language;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.PathMap;
import dev.synapse.gmp.change.Statements;
import dev.synapse.gmp.verdict.Change;
import dev.synapse.gmp.verdict.ChangedFile;
import dev.synapse.gmp.verdict.FileLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Joins what changed with the sources as they are now, and with what ran of them.
final class ChangeJoin {
  private ChangeJoin() {}

  static Change join(
      Path folder, ChangedLines changed, AnalysisReport analysis, List<FileLines> lines)
      throws IOException {
    PathMap map = new PathMap(changed.files());
    Map<String, FileLines> data =
        lines.stream().collect(Collectors.toMap(FileLines::path, Function.identity()));
    List<ChangedFile> files = new ArrayList<>();
    for (SourceFile file : analysis.files()) {
      Optional<String> changedAs = map.find(file.path());
      if (changedAs.isPresent()) {
        files.add(
            ChangedFile.of(
                file,
                changed,
                changedAs.get(),
                statements(folder.resolve(file.path()), file.language()),
                Optional.ofNullable(data.get(file.path()))));
      }
    }
    return new Change(changed, files);
  }

  private static Statements statements(Path file, Language language) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return Statements.of(List.of(text.split("\r\n|[\r\n]", -1)), language != Language.PYTHON);
  }
}
