package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.Notes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the `lines.json` that `report.awk` writes beside the canonical report: for each source
/// file its module, its path below the root of packages, and a text of entries with a space between
/// them, `LINE:MISSED:COVERED` of instructions and `:MISSED:COVERED` of branches where there are
/// any.
final class LinesJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int VERSION = 1;
  private static final int BASE = 10;
  private static final int MOST_DIGITS = 12;

  /// How many numbers an entry of a line without branches has.
  private static final int WITHOUT_BRANCHES = 3;

  private static final int WITH_BRANCHES = 5;
  private static final int MISSED_BRANCHES = 3;
  private static final int COVERED_BRANCHES = 4;

  private LinesJson() {}

  /// @param reports how many report files the data is of
  static LineReport parse(String file, byte[] bytes, long reports) throws ReportException {
    try {
      JsonNode root = MAPPER.readTree(bytes);
      if (root.path("version").asInt(0) != VERSION || !root.path("files").isArray()) {
        throw new DamagedReport("no version %d with files".formatted(VERSION));
      }
      List<FileCoverage> files = new ArrayList<>();
      for (JsonNode each : root.path("files")) {
        files.add(file(text(each, "module"), text(each, "path"), text(each, "lines")));
      }
      return new LineReport(reports, files);
    } catch (JacksonException e) {
      throw damaged(file, "not JSON at column %d".formatted(e.getLocation().getColumnNr()));
    } catch (DamagedReport e) {
      throw damaged(file, e.reason());
    }
  }

  private static ReportException damaged(String file, String reason) {
    return new ReportException(List.of(new ReportProblem.NotCanonical(file, reason)));
  }

  private static String text(JsonNode file, String name) throws DamagedReport {
    JsonNode value = file.path(name);
    if (!value.isString()) {
      throw new DamagedReport("'%s' is not text".formatted(name));
    }
    return value.stringValue();
  }

  private static FileCoverage file(String module, String path, String lines) throws DamagedReport {
    int slash = path.lastIndexOf('/');
    var sink = new CoverageFile(new SourceNames(Path.of(""), "lines.json"), new Notes(path));
    sink.module(module);
    sink.fileOfPackage(slash < 0 ? "" : path.substring(0, slash), path.substring(slash + 1));
    new Entries(lines).tell(sink);
    return Optional.of(sink.files())
        .filter(files -> files.size() == 1)
        .map(files -> files.iterator().next())
        .orElseThrow(() -> new DamagedReport("'%s' has no lines".formatted(path)));
  }

  /// The entries of one file, cut by hand: there are as many as a project has lines.
  private static final class Entries {
    private final String text;
    private final long[] numbers = new long[WITH_BRANCHES];
    private int at;

    Entries(String text) {
      this.text = text;
    }

    void tell(CoverageFile sink) throws DamagedReport {
      do {
        int count = entry();
        sink.line(numbers[0], numbers[2] > 0 ? 1 : 0);
        if (count == WITH_BRANCHES) {
          long taken = numbers[COVERED_BRANCHES];
          sink.branches(numbers[0], taken, taken + numbers[MISSED_BRANCHES]);
        }
      } while (passed(' '));
      if (at < text.length()) {
        throw wrong();
      }
    }

    /// Answers how many numbers the next entry has.
    private int entry() throws DamagedReport {
      int count = 0;
      do {
        numbers[count++] = number();
      } while (count < WITH_BRANCHES && passed(':'));
      if (count != WITHOUT_BRANCHES && count != WITH_BRANCHES) {
        throw wrong();
      }
      return count;
    }

    private boolean passed(char wanted) {
      boolean isNext = at < text.length() && text.charAt(at) == wanted;
      at += isNext ? 1 : 0;
      return isNext;
    }

    private long number() throws DamagedReport {
      long value = 0;
      int start = at;
      while (at < text.length() && Character.digit(text.charAt(at), BASE) >= 0) {
        value = value * BASE + Character.digit(text.charAt(at++), BASE);
      }
      if (at == start || at - start > MOST_DIGITS) {
        throw wrong();
      }
      return value;
    }

    private DamagedReport wrong() {
      return new DamagedReport("an entry of 'lines' ends wrongly at %d".formatted(at));
    }
  }
}
