package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read inside the room and what is read outside of it is the same, byte for byte; and what
/// one refuses the other refuses too.
final class ReportContractTest {
  private static final List<String> NONE = List.of();
  private static final List<Path> NONE_AT_ALL = List.of();

  @TempDir Path folder;
  @TempDir Path scratch;

  private Room room(String awk) throws Exception {
    assumeTrue(Room.find(awk).isPresent(), awk + " is not installed");
    return new Room(awk, scratch);
  }

  private Path put(String file, byte[] bytes) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.write(path, bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void testsOfEachGoodFileAreCountedAlike(String awk) throws Exception {
    Room room = room(awk);
    for (Map.Entry<String, long[]> entry : Corpus.goodTests().entrySet()) {
      String file = "good/" + entry.getKey();
      long[] expected = entry.getValue();
      put(file, Corpus.good(entry.getKey()));

      QualityReport read = BareReports.read(folder, List.of(file), NONE);
      Room.Result result = room.run(folder, List.of(file), NONE);

      assertThat(read.tests().orElseThrow().counts())
          .as(file)
          .isEqualTo(
              new TestCounts(expected[0], expected[1], expected[2], expected[3], expected[4]));
      assertThat(read.notes()).as(file).hasSize((int) expected[5]);
      assertThat(result.errors()).as(file).isEmpty();
      assertThat(result.report().orElseThrow()).as(file).isEqualTo(read.toJson());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aWholeBuildIsReportedAlike(String awk) throws Exception {
    int number = 0;
    for (String name : Corpus.goodTests().keySet()) {
      put(
          "m%d/target/surefire-reports/TEST-%d.xml".formatted(number / 2, number),
          Corpus.good(name));
      number++;
    }
    put("target/surefire-reports/TEST-root.xml", Corpus.file("surefire.xml"));
    put("a/.b/c d/[e]/TEST-é.xml", Corpus.file("surefire.xml"));
    put("m0/target/site/jacoco/jacoco.xml", Corpus.file("jacoco.xml"));
    put("m1/build/reports/jacoco/jacoco.xml", Corpus.file("jacoco-plain.xml"));
    put("m10/target/site/jacoco/jacoco.xml", Corpus.file("jacoco-empty.xml"));
    put("all/target/site/jacoco.xml", Corpus.file("jacoco-groups.xml"));
    List<String> tests = List.of("**/target/surefire-reports/TEST-*.xml", "**/TEST-?*.xml");
    List<String> coverage = List.of("**/jacoco.xml");

    QualityReport read = BareReports.read(folder, tests, coverage);
    Room.Result result = room(awk).run(folder, tests, coverage);

    assertThat(read.coverage().orElseThrow().lines()).contains(new Covered(13, 10));
    assertThat(read.coverage().orElseThrow().branches()).contains(new Covered(4, 4));
    assertThat(read.coverage().orElseThrow().modules())
        .extracting(CoverageModule::name)
        .containsExactly("app", "lib", "m0", "m1", "m10");
    assertThat(read.tests().orElseThrow().modules())
        .extracting(TestModule::name)
        .contains(".", "a/.b/c d/[e]", "m0", "m1");
    assertThat(result.errors()).isEmpty();
    assertThat(result.report().orElseThrow()).isEqualTo(read.toJson());
    Path written = Files.writeString(scratch.resolve("again.json"), result.report().orElseThrow());
    assertThat(QualityReport.read(written)).isEqualTo(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void linesAreReadAlike(String awk) throws Exception {
    put("m0/target/site/jacoco/jacoco.xml", Corpus.file("jacoco.xml"));
    put("m10/target/site/jacoco/jacoco.xml", Corpus.file("jacoco-empty.xml"));
    Room room = room(awk);
    linesAreReadAlike(room);
    put("m0/target/site/jacoco/jacoco.xml", Corpus.file("jacoco-groups.xml"));
    linesAreReadAlike(room);
  }

  private void linesAreReadAlike(Room room) throws Exception {
    List<String> coverage = List.of("**/jacoco.xml");

    var paths =
        new ReportPaths(
            NONE_AT_ALL, new ReportGlobs(folder).files(coverage), NONE_AT_ALL, NONE_AT_ALL);
    LineReport read = Reports.read(folder, paths).coverage().orElseThrow();
    Room.Result result = room.run(folder, NONE, coverage);

    Path lines = result.lines().orElseThrow();
    assertThat(LineReport.read(lines, read.reports())).isEqualTo(read);
    assertThat(read.files()).isNotEmpty();
    assertThat(Files.readString(lines))
        .startsWith("{\"files\":[{\"lines\":\"")
        .endsWith("],\"version\":1}\n")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void withoutCoverageThereAreNoLines(String awk) throws Exception {
    assertThat(room(awk).run(folder, NONE, NONE).lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aFileOfManyLinesKeepsEachOfThem(String awk) throws Exception {
    var xml =
        new StringBuilder("<report name=\"r\"><package name=\"\"><sourcefile name=\"L.java\">");
    int many = 9000;
    for (int line = 1; line <= many; line++) {
      xml.append("<line nr=\"").append(line).append("\" mi=\"1\" ci=\"0\" mb=\"0\" cb=\"2\"/>");
    }
    put("jacoco.xml", Corpus.bytes(xml + "</sourcefile></package></report>"));

    LineReport read =
        LineReport.read(
            room(awk).run(folder, NONE, List.of("jacoco.xml")).lines().orElseThrow(), 1);

    assertThat(read.lines()).contains(new Covered(0, many));
    assertThat(read.branches()).contains(new Covered(2L * many, 0));
    assertThat(read.files().getFirst().path()).isEqualTo("L.java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void whatIsNotDeclaredIsNull(String awk) throws Exception {
    Room.Result result = room(awk).run(folder, NONE, NONE);

    assertThat(BareReports.read(folder, NONE, NONE).toJson())
        .isEqualTo("{\"coverage\":null,\"notes\":[],\"tests\":null,\"version\":1}\n")
        .isEqualTo(result.report().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void everyDamagedTestReportIsRefused(String awk) throws Exception {
    refused(room(awk), Corpus.damagedTests(), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void everyDamagedCoverageReportIsRefused(String awk) throws Exception {
    refused(room(awk), Corpus.damagedCoverage(), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aReportInAnotherEncodingIsRefusedByItsName(String awk) throws Exception {
    Room room = room(awk);
    for (Map.Entry<String, byte[]> entry : Corpus.inOtherEncodings().entrySet()) {
      put("other.xml", entry.getValue());
      String said =
          "other.xml: line 1: encoding '%s': only UTF-8 is read".formatted(entry.getKey());
      List<String> glob = List.of("other.xml");

      ReportException thrown =
          catchThrowableOfType(ReportException.class, () -> BareReports.read(folder, glob, NONE));
      Room.Result result = room.run(folder, glob, NONE);

      assertThat(thrown).hasMessageContaining(said);
      assertThat(result.errors()).contains("error: " + said);
      assertThat(result.exit()).isEqualTo(1);
    }
  }

  /// A file that was cut off at any byte whatever is damaged, unless only its last line break went.
  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aReportCutOffAnywhereIsRefused(String awk) throws Exception {
    Map<String, byte[]> cut = new TreeMap<>();
    byte[] whole = Corpus.file("surefire-rerun.xml");
    for (int length = 0; length < whole.length - 1; length++) {
      cut.put("cut-%05d".formatted(length), Arrays.copyOf(whole, length));
    }
    refused(room(awk), cut, true);
  }

  private void refused(Room room, Map<String, byte[]> files, boolean tests) throws Exception {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      String file = "damaged/" + entry.getKey() + ".xml";
      names.add(file);
      put(file, entry.getValue());
    }
    List<String> glob = List.of("damaged/*.xml");

    ReportException thrown =
        catchThrowableOfType(
            ReportException.class,
            () -> BareReports.read(folder, tests ? glob : NONE, tests ? NONE : glob));
    Room.Result result = room.run(folder, tests ? glob : NONE, tests ? NONE : glob);

    assertThat(thrown.problems())
        .extracting(problem -> ((ReportProblem.Damaged) problem).file())
        .containsExactlyInAnyOrderElementsOf(names);
    assertThat(thrown).message().hasLineCount(names.size());
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.report()).isEmpty();
    assertThat(result.errors().lines())
        .extracting(line -> line.replaceFirst("^error: (damaged/[^ ]*[.]xml): .*$", "$1"))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aPatternThatMatchesNothingIsRefused(String awk) throws Exception {
    Room room = room(awk);
    put("reports/TEST-a.xml", Corpus.file("surefire.xml"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("reports"));
    Files.createSymbolicLink(folder.resolve("TEST-b.xml"), folder.resolve("reports/TEST-a.xml"));
    Files.createDirectory(folder.resolve("TEST-c.xml"));
    for (String pattern :
        List.of("**/*.json", "TEST-*.xml", "link/*.xml", "link/TEST-a.xml", "report/*", "*.xml")) {
      ReportException thrown =
          catchThrowableOfType(
              ReportException.class,
              () -> BareReports.read(folder, List.of("**/TEST-a.xml"), List.of(pattern)));
      Room.Result result = room.run(folder, List.of("**/TEST-a.xml"), List.of(pattern));
      Room.Result other = room.run(folder, List.of(pattern), List.of("**/TEST-a.xml"));

      assertThat(thrown.problems()).containsExactly(new ReportProblem.NoFile(pattern));
      assertThat(result.exit()).as(pattern).isEqualTo(1);
      assertThat(result.report()).as(pattern).isEmpty();
      assertThat(other.exit()).as(pattern).isEqualTo(1);
      assertThat(other.errors())
          .isEqualTo(result.errors())
          .contains("no file matches '" + pattern + "'");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void aPatternThatLeavesTheFolderIsRefused(String awk) throws Exception {
    Room room = room(awk);
    for (String pattern : List.of("/etc/passwd", "../a.xml", "a/../b.xml", "./a.xml")) {
      ReportException thrown =
          catchThrowableOfType(
              ReportException.class, () -> BareReports.read(folder, List.of(pattern), NONE));

      assertThat(thrown.problems()).containsExactly(new ReportProblem.BadPattern(pattern));
      assertThat(room.run(folder, List.of(pattern), NONE).exit()).as(pattern).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mawk", "gawk"})
  void linesThatWouldCountTwiceAreRefused(String awk) throws Exception {
    Room room = room(awk);
    put("m/target/site/jacoco/jacoco.xml", Corpus.file("jacoco.xml"));
    put("m/target/site/jacoco-it/jacoco.xml", Corpus.file("jacoco.xml"));
    refusedTogether(room, "m/**/*.xml");
    put("n/target/app.xml", Corpus.bytes("<report name=\"app\"/>"));
    put("n/all/target/all.xml", Corpus.file("jacoco-groups.xml"));
    refusedTogether(room, "n/**/*.xml");
  }

  private void refusedTogether(Room room, String pattern) throws Exception {
    ReportException thrown =
        catchThrowableOfType(
            ReportException.class, () -> BareReports.read(folder, NONE, List.of(pattern)));
    Room.Result result = room.run(folder, NONE, List.of(pattern));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.errors()).isEqualTo("error: " + thrown.getMessage() + "\n");
    assertThat(thrown.getMessage()).contains("its lines would count twice");
  }
}
