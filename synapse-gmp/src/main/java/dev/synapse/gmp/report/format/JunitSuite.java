package dev.synapse.gmp.report.format;

/// A suite of a JUnit XML file while it is open: what it declares, and what it holds so far. What
/// nested suites hold is added when they close.
final class JunitSuite {
  final String name;
  private final long declaredTests;
  private final long declaredBad;
  private final long declaredSkipped;
  private final Held own = new Held();
  private final Held all = new Held();

  /// The cases of a suite.
  private static final class Held {
    private long cases;
    private long reruns;
    private long skipped;
    private long bad;
    private long broken;
    private long errored;

    void add(Held other) {
      cases += other.cases;
      reruns += other.reruns;
      skipped += other.skipped;
      bad += other.bad;
      broken += other.broken;
      errored += other.errored;
    }

    boolean isOf(long tests) {
      return tests == cases || tests == cases + reruns;
    }
  }

  JunitSuite(Attributes attributes) throws DamagedReport {
    name = attributes.text("name");
    declaredTests = attributes.count("tests", -1);
    declaredBad = attributes.count("failures", 0) + attributes.count("errors", 0);
    declaredSkipped = attributes.count("skipped", -1);
  }

  /// Counts a case.
  void add(JunitCase ended) {
    JunitCase.Outcome outcome = ended.outcome();
    var one = new Held();
    one.cases = 1;
    one.reruns = ended.reruns();
    one.skipped = outcome == JunitCase.Outcome.SKIPPED ? 1 : 0;
    one.errored = outcome == JunitCase.Outcome.ERROR ? 1 : 0;
    one.bad = ended.bad();
    own.add(one);
    all.add(one);
  }

  /// Counts that the suite broke outside of its cases.
  void addBroken() {
    all.bad++;
    all.broken++;
  }

  /// Whether it declares that it broke and has no case, nor says more of it.
  boolean brokeBeforeItsCases() {
    boolean empty = declaredTests == 0 && all.cases == 0 && all.broken == 0;
    return empty && declaredBad > 0;
  }

  /// Counts what [#brokeBeforeItsCases()] tells, once.
  void addDeclaredBroken() {
    all.bad = declaredBad;
    all.broken++;
  }

  /// Counts what this suite holds as part of another.
  void addTo(JunitSuite outer) {
    outer.all.add(all);
  }

  /// Compares what is declared with what is there.
  ///
  /// @throws DamagedReport if there are fewer cases, or fewer failures, than declared
  void check(Notes notes) throws DamagedReport {
    if (declaredBad > all.bad + all.reruns) {
      throw new DamagedReport(
          "%s declares %d failures and errors but holds %d"
              .formatted(this, declaredBad, all.bad + all.reruns));
    }
    if (declaredTests > all.cases + all.reruns + all.errored && all.broken == 0) {
      throw new DamagedReport(
          "%s declares %d tests but holds %d".formatted(this, declaredTests, all.cases));
    }
    if (declaredTests >= 0 && !all.isOf(declaredTests) && !own.isOf(declaredTests)) {
      notes.add("%s declares %d tests, holds %d".formatted(this, declaredTests, all.cases));
    }
    noteSkipped(notes);
  }

  private void noteSkipped(Notes notes) {
    boolean same = declaredSkipped == all.skipped || declaredSkipped == own.skipped;
    if (declaredSkipped >= 0 && !same) {
      notes.add(
          "%s declares %d skipped tests, holds %d".formatted(this, declaredSkipped, all.skipped));
    }
  }

  @Override
  public String toString() {
    return "suite '%s'".formatted(Label.cut(name));
  }
}
