package dev.synapse.gmp.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The report files of `real` and `dialect`, and how to read one.
final class Fixtures {
  private Fixtures() {}

  static Path folder() {
    try {
      Path real = Path.of(Objects.requireNonNull(Fixtures.class.getResource("real")).toURI());
      return Objects.requireNonNull(real.getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static MeasuredReports tests(String... files) throws ReportException, IOException {
    return Reports.read(folder(), new ReportPaths(paths(files), List.of(), List.of(), List.of()));
  }

  static MeasuredReports coverage(String... files) throws ReportException, IOException {
    return coverage(folder(), files);
  }

  static MeasuredReports coverage(Path folder, String... files)
      throws ReportException, IOException {
    return Reports.read(folder, new ReportPaths(List.of(), paths(files), List.of(), List.of()));
  }

  static MeasuredReports mutations(String... files) throws ReportException, IOException {
    return Reports.read(folder(), new ReportPaths(List.of(), List.of(), paths(files), List.of()));
  }

  private static List<Path> paths(String... files) {
    return List.of(files).stream().map(Path::of).toList();
  }
}
