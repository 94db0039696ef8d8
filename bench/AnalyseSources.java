import dev.synapse.gmp.analysis.AnalysisOptions;
import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.SourceAnalysis;
import dev.synapse.gmp.analysis.SourceSet;
import java.nio.file.Files;
import java.nio.file.Path;
import net.sourceforge.pmd.cpd.CPDConfiguration;
import net.sourceforge.pmd.cpd.CpdAnalysis;
import net.sourceforge.pmd.lang.LanguageRegistry;

/// Measures one folder of sources and prints what it found: `synapse FOLDER`, with all three
/// analyses, or `cpd LANGUAGE SUFFIX FOLDER`, with PMD's own search for duplicates alone.
final class AnalyseSources {
  private AnalyseSources() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("synapse")) {
      synapse(Path.of(arguments[1]));
    } else {
      cpd(arguments[1], arguments[2], Path.of(arguments[3]));
    }
  }

  private static void synapse(Path folder) throws Exception {
    AnalysisReport report =
        SourceAnalysis.analyse(SourceSet.below(folder), AnalysisOptions.defaults());
    System.out.printf(
        "%d files, %d lines, %d functions, %d magic numbers, %d duplicates, %d of %d lines%n",
        report.files().size(),
        report.languages().stream().mapToLong(language -> language.lines()).sum(),
        report.functions().size(),
        report.magicNumbers().size(),
        report.duplicates().groups().size(),
        report.duplicatedLines(),
        report.linesOfCode());
  }

  private static void cpd(String language, String suffix, Path folder) throws Exception {
    var configuration = new CPDConfiguration();
    configuration.setMinimumTileSize(AnalysisOptions.DEFAULT_MINIMUM_TOKENS);
    configuration.setOnlyRecognizeLanguage(LanguageRegistry.CPD.getLanguageById(language));
    try (CpdAnalysis cpd = CpdAnalysis.create(configuration);
        var files = Files.walk(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(suffix)).sorted().toList()) {
        cpd.files().addFile(file);
      }
      cpd.performAnalysis(
          report -> System.out.printf("%d duplicates%n", report.getMatches().size()));
    }
  }
}
