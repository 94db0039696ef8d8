package dev.synapse.gmp.report.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.analysis.ILine;
import org.jacoco.core.analysis.ISourceFileCoverage;
import org.jacoco.core.tools.ExecFileLoader;

/// What JaCoCo's agent wrote (`jacoco.exec`), of any number of runs. It names classes by a checksum
/// and knows no lines: these come from the class files of that very build, read by JaCoCo's own
/// library.
public final class ExecutionData {
  private final ExecFileLoader loader = new ExecFileLoader();

  /// Adds a run.
  ///
  /// @throws DamagedReport if the file is cut off, or of a version that is not read
  public void load(Path file) throws DamagedReport, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      loader.load(in);
    } catch (IOException e) {
      throw new DamagedReport("is cut off or no execution data: " + e.getMessage());
    }
  }

  /// Tells the lines of all classes in a folder or jar, whether they ran or not.
  ///
  /// @throws DamagedReport if the folder is not there, or holds no class, or no readable one
  public void lines(Path classes, CoverageSink sink, Notes notes)
      throws DamagedReport, IOException {
    if (!Files.exists(classes)) {
      throw new DamagedReport("is no folder or jar of classes: name those that were tested");
    }
    var builder = new CoverageBuilder();
    int found = analyse(classes, builder);
    if (found == 0) {
      throw new DamagedReport("holds no class");
    }
    if (!builder.getNoMatchClasses().isEmpty()) {
      notes.add(
          "%d classes are not those that ran, and count as not covered"
              .formatted(builder.getNoMatchClasses().size()));
    }
    for (ISourceFileCoverage source : builder.getSourceFiles()) {
      sink.fileOfPackage(source.getPackageName(), source.getName());
      tell(source, sink);
    }
  }

  private int analyse(Path classes, CoverageBuilder builder) throws DamagedReport {
    try {
      return new Analyzer(loader.getExecutionDataStore(), builder).analyzeAll(classes.toFile());
    } catch (IOException | IllegalStateException e) {
      throw new DamagedReport("classes that cannot be read: " + e.getMessage());
    }
  }

  private static void tell(ISourceFileCoverage source, CoverageSink sink) throws DamagedReport {
    for (int number = source.getFirstLine(); number <= source.getLastLine(); number++) {
      ILine line = source.getLine(number);
      ICounter instructions = line.getInstructionCounter();
      if (number > 0 && instructions.getTotalCount() > 0) {
        sink.line(number, instructions.getCoveredCount() > 0 ? 1 : 0);
        ICounter branches = line.getBranchCounter();
        sink.branches(number, branches.getCoveredCount(), branches.getTotalCount());
      }
    }
  }
}
