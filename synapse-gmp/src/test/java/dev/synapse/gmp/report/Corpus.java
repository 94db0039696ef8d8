package dev.synapse.gmp.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Report files, good and damaged, by name.
final class Corpus {
  private static final String SUITE = "<testsuite name=\"s\" tests=\"1\"><testcase name=\"t\"/>";

  private Corpus() {}

  static byte[] file(String name) {
    try (InputStream in = Corpus.class.getResourceAsStream("good/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no fixture " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(String name) {
    return new String(file(name), StandardCharsets.UTF_8);
  }

  /// Good JUnit files, with what is in them: passed, failed, errors, skipped, flaky, and how many
  /// notes they earn. Counted by hand.
  static Map<String, long[]> goodTests() {
    Map<String, long[]> good = new LinkedHashMap<>();
    good.put("surefire.xml", new long[] {3, 0, 0, 0, 0, 0});
    good.put("surefire-rerun.xml", new long[] {2, 1, 0, 1, 2, 0});
    good.put("pytest.xml", new long[] {4, 2, 2, 2, 0, 1});
    good.put("pytest-teardown.xml", new long[] {3, 1, 2, 2, 0, 1});
    good.put("nested.xml", new long[] {3, 1, 1, 0, 0, 4});
    good.put("duplicates.xml", new long[] {2, 2, 0, 2, 0, 0});
    good.put("googletest.xml", new long[] {1, 1, 0, 2, 0, 1});
    good.put("names.xml", new long[] {0, 2, 1, 3, 0, 0});
    good.put("made/bom.xml", new long[] {3, 0, 0, 0, 0, 0});
    good.put("made/crlf.xml", new long[] {2, 1, 0, 1, 2, 0});
    good.put("made/crlf-names.xml", new long[] {0, 2, 1, 3, 0, 0});
    good.put("made/huge-attribute.xml", new long[] {0, 1, 0, 1, 0, 0});
    good.put("made/huge-output.xml", new long[] {1, 0, 0, 0, 0, 0});
    good.put("made/one-line.xml", new long[] {50_000, 0, 0, 0, 0, 0});
    good.put("made/no-case.xml", new long[] {0, 0, 0, 0, 0, 0});
    good.put("made/broken-suites.xml", new long[] {1, 0, 2, 0, 0, 0});
    return good;
  }

  static byte[] good(String name) {
    return switch (name) {
      case "made/bom.xml" -> bytes("\uFEFF" + text("surefire.xml"));
      case "made/crlf.xml" -> bytes(text("surefire-rerun.xml").replace("\n", "\r\n"));
      case "made/crlf-names.xml" -> bytes(text("names.xml").replace("\n", "\r\n"));
      case "made/huge-attribute.xml" ->
          bytes(
              "<testsuite name='s'><testcase name='é"
                  + "é&gt;".repeat(300_000)
                  + "'><failure message='"
                  + "x > &lt;\n".repeat(100_000)
                  + "'/></testcase><testcase name='"
                  + "x".repeat(998)
                  + "😀y'><skipped/></testcase></testsuite>");
      case "made/huge-output.xml" ->
          bytes(
              SUITE
                  + "<system-out><![CDATA["
                  + "a < b ]] > c & d\n".repeat(200_000)
                  + "]]></system-out></testsuite>");
      case "made/one-line.xml" ->
          bytes(
              "<testsuite>" + "<testcase classname='a' name='b'/>".repeat(50_000) + "</testsuite>");
      case "made/no-case.xml" -> bytes("<testsuites/>");
      case "made/broken-suites.xml" ->
          bytes(
              "<testsuites tests='1' errors='2' failures='1'>"
                  + "<testsuite name='a' tests='0' errors='2'/>"
                  + "<testsuite name='b' tests='0' failures='1'/>"
                  + "<testsuite name='c' tests='1'><testcase name='d'/></testsuite></testsuites>");
      default -> file(name);
    };
  }

  /// Files that must be refused wherever a JUnit report is expected.
  static Map<String, byte[]> damagedTests() {
    Map<String, byte[]> damaged = new LinkedHashMap<>();
    damaged.put("empty", new byte[0]);
    damaged.put("blank", bytes("\n\n"));
    damaged.put("html", bytes("<!DOCTYPE html>\n<html><body>404</body></html>\n"));
    damaged.put("lfs-pointer", bytes("version https://git-lfs.example/spec/v1\noid sha256:00\n"));
    damaged.put("json", bytes("{\"tests\": 1}"));
    damaged.put("coverage-report", file("jacoco.xml"));
    damaged.put("nan", bytes("<testsuite tests=\"NaN\"/>"));
    damaged.put("negative", bytes("<testsuite failures=\"-1\"/>"));
    damaged.put("fraction", bytes("<testsuite errors=\"1.0\"/>"));
    damaged.put("no-number", bytes("<testsuite skipped=\"\"/>"));
    damaged.put("too-many", bytes("<testsuite skipped=\"1234567890123\"/>"));
    damaged.put("other-digits", bytes("<testsuite tests=\"٣\"/>"));
    damaged.put("lost-tests", bytes("<testsuite tests=\"2\"><testcase name=\"t\"/></testsuite>"));
    damaged.put(
        "lost-tests-of-all",
        bytes("<testsuites tests=\"2\">" + SUITE + "</testsuite></testsuites>"));
    damaged.put("lost-failures", bytes("<testsuite failures=\"2\" tests=\"2\"/>"));
    damaged.put(
        "lost-errors", bytes("<testsuites errors=\"1\">" + SUITE + "</testsuite></testsuites>"));
    damaged.put("not-utf8", "<testsuite name=\"\u00e9\"/>".getBytes(StandardCharsets.ISO_8859_1));
    damaged.put("overlong", raw("<testsuite name=\"", 0xC0, 0xAF));
    damaged.put("surrogate", raw("<testsuite name=\"", 0xED, 0xA0, 0x80));
    damaged.put("too-high", raw("<testsuite name=\"", 0xF4, 0x90, 0x80, 0x80));
    damaged.put("cut-character", raw("<testsuite name=\"", 0xE2, 0x82));
    damaged.put("non-character", raw("<testsuite name=\"", 0xEF, 0xBF, 0xBF));
    damaged.put("nul", raw("<testsuite name=\"", 0));
    damaged.put("control", bytes("<testsuite>\u001b</testsuite>"));
    damaged.put("utf16", "<testsuite/>".getBytes(StandardCharsets.UTF_16));
    damaged.put("latin1", bytes("<?xml version='1.0' encoding='ISO-8859-1'?><testsuite/>"));
    damaged.put("xml11", bytes("<?xml version='1.1'?><testsuite/>"));
    damaged.put("late-declaration", bytes("\n<?xml version='1.0'?><testsuite/>"));
    damaged.put("bare-declaration", bytes("<?xml encoding='UTF-8'?><testsuite/>"));
    damaged.put(
        "entity-bomb",
        bytes(
            "<!DOCTYPE testsuite [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
                + "<testsuite name=\"&b;\"/>"));
    damaged.put(
        "external-entity",
        bytes(
            "<!DOCTYPE testsuite [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
                + "<testsuite>&a;</testsuite>"));
    damaged.put("empty-subset", bytes("<!DOCTYPE testsuite []><testsuite/>"));
    damaged.put("two-types", bytes("<!DOCTYPE testsuite><!DOCTYPE testsuite><testsuite/>"));
    damaged.put("unknown-entity", bytes("<testsuite>&nbsp;</testsuite>"));
    damaged.put("unknown-entity-in-value", bytes("<testsuite name=\"&nbsp;\"/>"));
    damaged.put("bare-ampersand", bytes("<testsuite name=\"a & b\"/>"));
    damaged.put("reference-to-nul", bytes("<testsuite name=\"&#0;\"/>"));
    damaged.put("reference-to-surrogate", bytes("<testsuite>&#xD800;</testsuite>"));
    damaged.put("reference-too-high", bytes("<testsuite>&#x110000;</testsuite>"));
    damaged.put("reference-overflow", bytes("<testsuite>&#99999999999999999999;</testsuite>"));
    damaged.put("tag-in-value", bytes("<testsuite name=\"<\"/>"));
    damaged.put("value-without-quotes", bytes("<testsuite tests=1/>"));
    damaged.put("no-space", bytes("<testsuite name=\"a\"tests=\"0\"/>"));
    damaged.put("attribute-twice", bytes("<testsuite name=\"a\" name=\"b\"/>"));
    damaged.put("crossed", bytes("<testsuite><testcase></testsuite></testcase>"));
    damaged.put("second-root", bytes("<testsuite/><testsuite/>"));
    damaged.put("text-behind", bytes("<testsuite/>text"));
    damaged.put("left-behind", bytes("<testsuite/><"));
    damaged.put("closed-twice", bytes("<testsuite/></testsuite>"));
    damaged.put("section-end", bytes("<testsuite>]]></testsuite>"));
    damaged.put("section-outside", bytes("<testsuite/><![CDATA[]]>"));
    damaged.put("bad-comment", bytes("<!-- a -- b --><testsuite/>"));
    damaged.put("bad-markup", bytes("<testsuite><!oops></testsuite>"));
    damaged.put("space-in-tag", bytes("< testsuite/>"));
    damaged.put(
        "case-outside", bytes("<testsuite><properties><testcase/></properties></testsuite>"));
    damaged.put("case-in-case", bytes("<testsuite><testcase><testcase/></testcase></testsuite>"));
    damaged.put("suite-in-case", bytes("<testsuite><testcase><testsuite/></testcase></testsuite>"));
    damaged.put("deep", bytes("<testsuite>".repeat(500) + "</testsuite>".repeat(500)));
    damaged.put(
        "huge-tag", bytes("<testsuite name=\"" + "x".repeat((8 << 20) + 10) + "\"></testsuite>"));
    return damaged;
  }

  /// Sound test reports that are not UTF-8, by the encoding that they declare.
  static Map<String, byte[]> inOtherEncodings() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String encoding : List.of("ISO-8859-1", "windows-1252", "UTF-16")) {
      String report =
          "<?xml version=\"1.0\" encoding=\"%s\"?>%s<testsuite name=\"\u00e9\"/>"
              .formatted(encoding, "\n".repeat(files.size() % 2));
      files.put(encoding, report.getBytes(Charset.forName(encoding)));
    }
    return files;
  }

  /// Files that must be refused wherever a JaCoCo report is expected.
  static Map<String, byte[]> damagedCoverage() {
    Map<String, byte[]> damaged = new LinkedHashMap<>();
    damaged.put("empty", new byte[0]);
    damaged.put("test-report", file("surefire.xml"));
    damaged.put("cobertura", bytes("<coverage line-rate=\"0.95\"></coverage>"));
    damaged.put("negative", counter("missed=\"-1\" covered=\"1\""));
    damaged.put("nan", counter("missed=\"NaN\" covered=\"1\""));
    damaged.put("fraction", counter("missed=\"0\" covered=\"0.95\""));
    damaged.put("no-missed", counter("covered=\"1\""));
    damaged.put("no-covered", counter("missed=\"1\""));
    damaged.put(
        "totals-without-parts",
        bytes("<report name=\"r\"><counter type=\"LINE\" missed=\"5\" covered=\"95\"/></report>"));
    damaged.put(
        "totals-of-other-parts",
        bytes(
            "<report name=\"r\"><package name=\"p\">"
                + "<counter type=\"LINE\" missed=\"100\" covered=\"1\"/></package>"
                + "<counter type=\"LINE\" missed=\"5\" covered=\"95\"/></report>"));
    damaged.put(
        "two-counters",
        bytes(
            "<report name=\"r\"><counter type=\"LINE\" missed=\"1\" covered=\"1\"/>"
                + "<counter type=\"LINE\" missed=\"0\" covered=\"9\"/></report>"));
    damaged.put(
        "mixed", bytes("<report name=\"r\"><group name=\"g\"/><package name=\"p\"/></report>"));
    damaged.put("two-groups", bytes("<report><group name=\"g\"/><group name=\"g\"/></report>"));
    damaged.put("line-without-number", line("ci=\"1\""));
    damaged.put("line-without-instructions", line("nr=\"1\" mi=\"1\""));
    damaged.put("line-of-no-number", line("nr=\"one\" ci=\"1\""));
    damaged.put("line-with-half-a-branch", line("nr=\"1\" ci=\"1\" mb=\"0.5\""));
    damaged.put("line-with-less-than-no-branch", line("nr=\"1\" ci=\"1\" cb=\"-1\""));
    damaged.put("line-with-words", line("nr=\"1\" ci=\"1\" mi=\"few\""));
    damaged.put("own-declarations", bytes("<!DOCTYPE report [<!ENTITY a \"1\">]><report/>"));
    return damaged;
  }

  private static byte[] counter(String attributes) {
    String counter = "<counter type=\"LINE\" " + attributes + "/>";
    return bytes(
        "<report name=\"r\"><package name=\"p\">" + counter + "</package>" + counter + "</report>");
  }

  private static byte[] line(String attributes) {
    return bytes(
        "<report name=\"r\"><package name=\"p\"><sourcefile name=\"A\"><line "
            + attributes
            + "/></sourcefile></package></report>");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] raw(String before, int... middle) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(bytes(before));
    for (int value : middle) {
      out.write(value);
    }
    out.writeBytes(bytes("\"/>"));
    return out.toByteArray();
  }
}
