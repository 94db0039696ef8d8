package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisException;
import dev.synapse.gmp.analysis.AnalysisOptions;
import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Definitions;
import dev.synapse.gmp.report.ReportException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What was found in sources before, a file for each source and each way to measure it.
///
/// A file holds the SHA-256 of the analysis and a line break, then the analysis in its canonical
/// form. One that is damaged counts as not there, and is written again.
///
/// @param folder where they lie; made when first needed
/// @param analyser what measures, with its version: another one finds other things
public record AnalysisCache(Path folder, String analyser) {
  private static final HexFormat HEX = HexFormat.of();
  private static final int DIGITS = 64;
  private static final String SUFFIX = ".json";

  /// Which analysis is meant.
  ///
  /// @param source names the source: letters and digits
  /// @param narHash what is in it
  public record Key(String source, String narHash) {}

  /// What was found before, or is found now.
  ///
  /// @throws ReportException with every pattern that should have matched and did not
  /// @throws IOException if the sources cannot be read, or what was found cannot be written
  public AnalysisReport of(Key key, LockedSources sources) throws ReportException, IOException {
    Path file = file(key, sources);
    Optional<AnalysisReport> known = read(file);
    if (known.isPresent()) {
      return known.get();
    }
    AnalysisReport measured = sources.measure();
    write(file, measured.toJson().getBytes(StandardCharsets.UTF_8));
    return measured;
  }

  /// Whether what was found is there, damaged or not.
  public boolean has(Key key, LockedSources sources) {
    return Files.exists(file(key, sources));
  }

  private Path file(Key key, LockedSources sources) {
    List<String> all =
        new ArrayList<>(
            List.of(
                analyser,
                Definitions.CYCLOMATIC_COMPLEXITY,
                Definitions.DUPLICATION,
                Definitions.MAGIC_NUMBERS,
                String.valueOf(AnalysisOptions.DEFAULT_MINIMUM_TOKENS),
                key.narHash(),
                String.valueOf(sources.each())));
    all.addAll(sources.patterns());
    String digest = digest(String.join("\0", all).getBytes(StandardCharsets.UTF_8));
    return folder.resolve(key.source() + "-" + digest + SUFFIX);
  }

  private static Optional<AnalysisReport> read(Path file) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      byte[] analysis = Arrays.copyOfRange(bytes, Math.min(DIGITS + 1, bytes.length), bytes.length);
      String head = digest(analysis) + "\n";
      return new String(bytes, 0, bytes.length - analysis.length, StandardCharsets.ISO_8859_1)
              .equals(head)
          ? Optional.of(AnalysisReport.parse(file.toString(), analysis))
          : Optional.empty();
    } catch (NoSuchFileException | AnalysisException _) {
      return Optional.empty();
    }
  }

  /// Written beside its place, then renamed: a reader never sees half of it.
  private void write(Path file, byte[] analysis) throws IOException {
    Files.createDirectories(folder);
    String name = String.valueOf(file.getFileName());
    Path part = Files.createTempFile(folder, name.substring(0, name.indexOf('-') + 1), ".part");
    try {
      byte[] head = (digest(analysis) + "\n").getBytes(StandardCharsets.ISO_8859_1);
      byte[] whole = Arrays.copyOf(head, head.length + analysis.length);
      System.arraycopy(analysis, 0, whole, head.length, analysis.length);
      Files.write(part, whole);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Deletes what was found in sources that are no more.
  ///
  /// @param isThere whether a source, by its name, is still there
  /// @throws IOException if a file cannot be deleted
  public void prune(Predicate<String> isThere) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      if (!isThere.test(name.substring(0, Math.max(0, name.indexOf('-'))))) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
