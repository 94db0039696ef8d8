package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.CoverageSink.Total;

/// Reads an LCOV tracefile (`geninfo(1)`, section FILES): `SF`, `DA`, `BRDA`, and the totals `LF`,
/// `LH`, `BRF`, `BRH`, which are only compared, for they lie in files of several tools. Functions
/// are left out.
final class LcovFile implements TextFile.Lines {
  private static final int DA_PARTS = 2;
  private static final int BRDA_PARTS = 4;

  private final CoverageSink sink;
  private final Notes notes;
  private boolean open;
  private boolean any;
  private long negative;
  private long found;
  private long hit;
  private long branchesFound;
  private long branchesHit;

  LcovFile(CoverageSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void line(String line) throws DamagedReport {
    if (line.equals("end_of_record")) {
      endRecord();
      return;
    }
    if (line.startsWith("#")) {
      return;
    }
    int colon = line.indexOf(':');
    if (colon < 0) {
      throw new DamagedReport("'%s' is no record of LCOV".formatted(Label.cut(line)));
    }
    record(line.substring(0, colon), line.substring(colon + 1));
  }

  private void record(String type, String value) throws DamagedReport {
    switch (type) {
      case "SF" -> beginRecord(value);
      case "DA" -> dataLine(value);
      case "BRDA" -> branch(value);
      case "LF" -> found = Numbers.count(type, value);
      case "LH" -> hit = Numbers.count(type, value);
      case "BRF" -> branchesFound = Numbers.count(type, value);
      case "BRH" -> branchesHit = Numbers.count(type, value);
      default -> {}
    }
  }

  private void beginRecord(String path) throws DamagedReport {
    if (open) {
      throw new DamagedReport("'SF' before the 'end_of_record' of the file before it");
    }
    if (path.isEmpty()) {
      throw new DamagedReport("'SF' without a path");
    }
    sink.file("", path);
    open = true;
    any = true;
    found = -1;
    branchesFound = -1;
    hit = 0;
    branchesHit = 0;
  }

  private void dataLine(String value) throws DamagedReport {
    String[] parts = parts("DA", value, DA_PARTS);
    long hits = 0;
    if (parts[1].startsWith("-")) {
      negative++; // a known defect of gcov: what overflowed did run, but nobody knows that it did
    } else {
      hits = Numbers.count("DA", parts[1]);
    }
    sink.line(Numbers.count("DA", parts[0]), hits);
  }

  private void branch(String value) throws DamagedReport {
    String[] parts = parts("BRDA", value, BRDA_PARTS);
    String taken = parts[BRDA_PARTS - 1];
    // '-' says that the line before the branch never ran.
    boolean wasTaken = !taken.equals("-") && Numbers.count("BRDA", taken) > 0;
    sink.branch(Numbers.count("BRDA", parts[0]), parts[1] + "," + parts[2], wasTaken);
  }

  private static String[] parts(String type, String value, int least) throws DamagedReport {
    String[] parts = value.split(",", -1);
    if (parts.length < least) {
      throw new DamagedReport("'%s:%s' is cut off".formatted(type, Label.cut(value)));
    }
    return parts;
  }

  private void endRecord() throws DamagedReport {
    if (!open) {
      throw new DamagedReport("'end_of_record' without an 'SF'");
    }
    if (found >= 0) {
      sink.declaredOfFile(Total.LINES, hit, found);
    }
    if (branchesFound >= 0) {
      sink.declaredOfFile(Total.BRANCHES, branchesHit, branchesFound);
    }
    open = false;
  }

  @Override
  public void end() throws DamagedReport {
    if (open || !any) {
      throw new DamagedReport(open ? "is cut off: no 'end_of_record'" : "holds no source file");
    }
    if (negative > 0) {
      notes.add("%d lines have a negative count, taken as not run".formatted(negative));
    }
  }
}
