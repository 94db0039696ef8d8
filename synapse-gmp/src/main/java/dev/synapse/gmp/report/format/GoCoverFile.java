package dev.synapse.gmp.report.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a cover profile of Go (`go test -coverprofile`): blocks of statements, some of them
/// several times. Go counts statements; a line counts as covered here if a block that touches it
/// ran.
final class GoCoverFile implements TextFile.Lines {
  private static final Pattern BLOCK =
      Pattern.compile("(.+):((\\d+)\\.\\d+,(\\d+)\\.\\d+) (\\d+) (\\d+)");
  private static final int PLACE = 2;
  private static final int FIRST_LINE = 3;
  private static final int LAST_LINE = 4;
  private static final int STATEMENTS = 5;
  private static final int COUNT = 6;
  private static final int MAX_LINES = 1 << 20;

  private final CoverageSink sink;
  private String current = "";
  private boolean any;

  GoCoverFile(CoverageSink sink) {
    this.sink = sink;
  }

  @Override
  public void line(String line) throws DamagedReport {
    if (line.startsWith("mode: ")) {
      any = true;
      return;
    }
    Matcher block = BLOCK.matcher(line);
    if (!block.matches()) {
      throw new DamagedReport("'%s' is no block of a cover profile".formatted(Label.cut(line)));
    }
    if (!block.group(1).equals(current)) {
      current = block.group(1);
      sink.file("", current);
    }
    long hits = Numbers.count("count", block.group(COUNT));
    long statements = Numbers.count("statements", block.group(STATEMENTS));
    sink.statements(block.group(PLACE), statements, hits > 0);
    if (statements > 0) {
      lines(
          Numbers.count("line", block.group(FIRST_LINE)),
          Numbers.count("line", block.group(LAST_LINE)),
          hits);
    }
  }

  private void lines(long first, long last, long hits) throws DamagedReport {
    if (last < first || last - first > MAX_LINES) {
      throw new DamagedReport("a block from line %d to line %d".formatted(first, last));
    }
    for (long number = first; number <= last; number++) {
      sink.line(number, hits);
    }
  }

  @Override
  public void end() throws DamagedReport {
    if (!any || current.isEmpty()) {
      throw new DamagedReport("holds no block");
    }
  }
}
