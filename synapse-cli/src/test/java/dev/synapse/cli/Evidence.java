package dev.synapse.cli;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Report files as tools write them.
final class Evidence {
  private Evidence() {}

  /// A JUnit report of one suite.
  static String tests(int passed, int failed) {
    return Stream.concat(
            IntStream.range(0, passed)
                .mapToObj("<testcase classname=\"A\" name=\"passes%d\"/>"::formatted),
            IntStream.range(0, failed)
                .mapToObj(
                    "<testcase classname=\"A\" name=\"fails%d\"><failure/></testcase>"::formatted))
        .collect(
            Collectors.joining(
                "\n",
                "<testsuite name=\"A\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n"
                    .formatted(passed + failed, failed),
                "\n</testsuite>\n"));
  }

  /// A JaCoCo report of one package.
  static String coverage(int covered, int missed) {
    String counter =
        "<counter type=\"LINE\" missed=\"%d\" covered=\"%d\"/>".formatted(missed, covered);
    return "<report name=\"demo\"><package name=\"a\">%s</package>%s</report>\n"
        .formatted(counter, counter);
  }
}
