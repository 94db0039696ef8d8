package dev.synapse.gmp.report.format;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts the test cases of one JUnit XML file, as surefire, Gradle, pytest and others write it.
///
/// The cases that are there are counted; the totals that a suite declares are only compared, since
/// writers disagree on nested suites and repeated runs. A suite that declares more cases, or more
/// failures, than it holds is damaged, for what is missing would count as passed; unless it says
/// itself that it broke outside of its cases, or that it has none and broke (ScalaTest, for one
/// that it could not load), which counts as one. A case that broke may be declared twice: pytest
/// does so when it ran well and broke when it was cleaned up. Any other difference is a note.
public final class JunitFile implements Elements {
  private static final String CASE = "testcase";

  private final CaseSink sink;
  private final Notes notes;
  private final Deque<JunitSuite> suites = new ArrayDeque<>();
  private @Nullable JunitCase current;

  /// @param sink is told of each case
  /// @param notes takes what is odd
  public JunitFile(CaseSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    String name = path.getLast();
    if (isSuite(name)) {
      beginSuite(path, attributes);
    } else if (path.size() == 1) {
      throw new DamagedReport("is not a JUnit report: its first element is <%s>".formatted(name));
    } else if (name.equals(CASE)) {
      beginCase(path, attributes);
    } else {
      openedInside(parent(path), name);
    }
  }

  private void openedInside(String parent, String name) {
    if (parent.equals(CASE) && current != null) {
      current.add(name);
    } else if (isSuite(parent)) {
      openedInSuite(name);
    }
  }

  /// A suite that broke outside of its cases: what it did not run must not look like a pass.
  private void openedInSuite(String name) {
    JunitSuite suite = suites.element();
    if (name.equals("failure")) {
      suite.addBroken();
      sink.failed(Label.of("", "", suite.name));
    } else if (name.equals("error")) {
      suite.addBroken();
      sink.broke(Label.of("", "", suite.name));
    }
  }

  private void beginSuite(List<String> path, Attributes attributes) throws DamagedReport {
    if (path.size() > 1) {
      requireInSuite(path);
    }
    suites.push(new JunitSuite(attributes));
  }

  private void beginCase(List<String> path, Attributes attributes) throws DamagedReport {
    requireInSuite(path);
    current = new JunitCase(attributes, suites.element().name);
  }

  private static void requireInSuite(List<String> path) throws DamagedReport {
    if (!isSuite(parent(path))) {
      throw new DamagedReport("<%s> inside <%s>".formatted(path.getLast(), parent(path)));
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    String name = path.getLast();
    if (name.equals(CASE) && current != null) {
      suites.element().add(current);
      current.tell(sink);
      current = null;
    } else if (isSuite(name)) {
      endSuite();
    }
  }

  private void endSuite() throws DamagedReport {
    JunitSuite suite = suites.pop();
    if (suite.brokeBeforeItsCases()) {
      suite.addDeclaredBroken();
      sink.broke(Label.of("", "", suite.name));
    }
    suite.check(notes);
    if (!suites.isEmpty()) {
      suite.addTo(suites.element());
    }
  }

  private static String parent(List<String> path) {
    return path.get(path.size() - 2);
  }

  private static boolean isSuite(String name) {
    return name.equals("testsuite") || name.equals("testsuites");
  }
}
