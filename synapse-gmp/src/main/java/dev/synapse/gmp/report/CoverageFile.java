package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.CoverageSink;
import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.Notes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gathers what one coverage report says, and compares it with the totals that it declares.
final class CoverageFile implements CoverageSink {
  /// A total as it is declared or counted.
  private record Sum(long covered, long all) {
    static final Sum NONE = new Sum(0, 0);

    static Sum of(Optional<Covered> counted) {
      return counted.map(c -> new Sum(c.covered(), c.total())).orElse(NONE);
    }

    Sum plus(Sum other) {
      return new Sum(covered + other.covered, all + other.all);
    }

    @Override
    public String toString() {
      return "%d of %d".formatted(covered, all);
    }
  }

  private final SourceNames names;
  private final Notes notes;
  private final List<String> roots = new ArrayList<>();
  private final Map<String, FileCoverage> files = new LinkedHashMap<>();
  private final Map<Total, Sum> declaredOfAll = new EnumMap<>(Total.class);
  private final Map<Total, Sum> declaredOfFiles = new EnumMap<>(Total.class);
  private final Map<Total, Sum> countedOfFiles = new EnumMap<>(Total.class);
  private final Map<Total, Sum> declaredHere = new EnumMap<>(Total.class);
  private String module;
  private @Nullable SourceName current;
  private LineTableBuilder lines = new LineTableBuilder();
  private TreeMap<String, StatementTable.Block> statements = new TreeMap<>();
  private long linesOfZero;

  CoverageFile(SourceNames names, Notes notes) {
    this.names = names;
    this.notes = notes;
    this.module = names.module();
  }

  /// Each file once, when all was told.
  Collection<FileCoverage> files() {
    finishFile();
    compare();
    return files.values();
  }

  @Override
  public void module(String name) {
    finishFile();
    module = name;
  }

  @Override
  public void root(String folder) {
    roots.add(folder);
  }

  @Override
  public void file(String packageName, String path) {
    finishFile();
    current = names.byPath(module, packageName, path, roots);
  }

  @Override
  public void fileOfPackage(String packageName, String name) {
    finishFile();
    current = names.byPackage(module, packageName, name);
  }

  @Override
  public void line(long number, long hits) throws DamagedReport {
    if (number == 0) {
      linesOfZero++;
      return;
    }
    lines.line(checked(number), (int) Math.min(hits, Integer.MAX_VALUE));
  }

  @Override
  public void branches(long line, long taken, long total) throws DamagedReport {
    if (taken > total || total > Integer.MAX_VALUE) {
      throw new DamagedReport("%d of %d branches".formatted(taken, total));
    }
    if (line > 0) {
      lines.branches(checked(line), (int) taken, (int) total);
    }
  }

  @Override
  public void branch(long line, String name, boolean taken) throws DamagedReport {
    if (line > 0) {
      lines.branch(checked(line), name, taken);
    }
  }

  @Override
  public void statements(String place, long count, boolean ran) throws DamagedReport {
    if (count > Integer.MAX_VALUE) {
      throw new DamagedReport("%d statements in one block".formatted(count));
    }
    requireFile();
    statements.merge(
        place, new StatementTable.Block((int) count, ran), StatementTable.Block::merge);
  }

  @Override
  public void declaredOfFile(Total total, long covered, long all) {
    declaredHere.merge(total, new Sum(covered, all), Sum::plus);
  }

  @Override
  public void declaredOfAll(Total total, long covered, long all) {
    declaredOfAll.put(total, new Sum(covered, all));
  }

  private int checked(long line) throws DamagedReport {
    requireFile();
    if (line > Integer.MAX_VALUE) {
      throw new DamagedReport("line number %d".formatted(line));
    }
    return (int) line;
  }

  private void requireFile() throws DamagedReport {
    if (current == null) {
      throw new DamagedReport("a line outside of any source file");
    }
  }

  private void finishFile() {
    if (current == null) {
      return;
    }
    var file = new FileCoverage(current, lines.build(), table());
    declaredHere.forEach(
        (total, sum) -> {
          declaredOfFiles.merge(total, sum, Sum::plus);
          countedOfFiles.merge(total, Sum.of(counter(total).apply(file)), Sum::plus);
        });
    files.merge(current.identity(), file, FileCoverage::merge);
    current = null;
    lines = new LineTableBuilder();
    statements = new TreeMap<>();
    declaredHere.clear();
  }

  private StatementTable table() {
    return statements.isEmpty() ? StatementTable.EMPTY : new StatementTable(statements);
  }

  private static Function<FileCoverage, Optional<Covered>> counter(Total total) {
    return switch (total) {
      case LINES -> FileCoverage::lines;
      case BRANCHES -> FileCoverage::branches;
      case STATEMENTS -> FileCoverage::statements;
    };
  }

  private void compare() {
    for (Total total : Total.values()) {
      Sum counted = Sum.of(Covered.sum(files.values().stream(), counter(total)));
      note("", total, declaredOfAll.get(total), counted);
      note("by file ", total, declaredOfFiles.get(total), countedOfFiles.get(total));
    }
    if (linesOfZero > 0) {
      notes.add("%d lines have the number 0 and are left out".formatted(linesOfZero));
    }
    if (files.values().stream().noneMatch(file -> file.size() > 0)) {
      notes.add("has no line data");
    }
  }

  private void note(String where, Total total, @Nullable Sum declared, @Nullable Sum counted) {
    if (declared != null && !declared.equals(counted)) {
      String what = total.name().toLowerCase(Locale.ROOT);
      notes.add("declares %s%s %s covered, holds %s".formatted(where, declared, what, counted));
    }
  }
}
