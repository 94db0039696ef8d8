package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class StoreCommandTest {
  @TempDir private Path temporary;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    session = Session.in(temporary);
  }

  private String added(String name, String content) throws Exception {
    session.write(name, content);
    var result = session.run("store", "add", name);
    assertThat(result.status()).as(result.err()).isZero();
    return result.out().strip();
  }

  private Path physical(String path) {
    return session.storeFolder().resolve(path.substring(1));
  }

  /// A text in the store that refers to `target`.
  private StorePath referrer(String target) throws Exception {
    try (LocalStore store = session.store()) {
      return store.addText(
          target.getBytes(StandardCharsets.UTF_8), "referrer", Set.of(StorePath.parse(target)));
    }
  }

  @Test
  void whatIsAddedLiesAtThePathThatIsPrinted() throws Exception {
    String path = added("greeting", "hello");
    assertThat(path).matches("/nix/store/[0-9a-z]{32}-greeting");
    assertThat(physical(path)).hasContent("hello");
    assertThat(added("greeting", "hello")).isEqualTo(path);
    assertThat(session.run("store", "add", "greeting", "--name", "other").out())
        .endsWith("-other" + System.lineSeparator());
    assertThat(session.run("store", "add", "greeting", "--json").json().required("path").asString())
        .isEqualTo(path);
  }

  @Test
  void aNameThatCannotStandInTheStoreIsRefusedBeforeTheStoreIsMade() throws Exception {
    session.write("bad name", "");
    var result = session.run("store", "add", "bad name");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'bad name' is no name for a store object", "hint: ");
    assertThat(session.storeFolder()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"add", "dump", "hash"})
  void whatIsNotThereIsOneErrorThatNamesIt(String command) {
    var result = session.run("store", command, "absent");
    assertThat(result.status()).isEqualTo(2);
    assertThat(Session.lines(result.err())).containsExactly("error: 'absent' is not there");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aDumpRestoresToTheSameTree() throws Exception {
    session.write("tree/folder/file", "contents");
    Files.createSymbolicLink(session.folder().resolve("tree/link"), Path.of("folder/file"));
    byte[] archive = session.run("store", "dump", "tree").bytes();
    var restored = restore(archive, "copy");
    assertThat(restored.status()).as(restored.err()).isZero();
    assertThat(session.folder().resolve("copy/folder/file")).hasContent("contents");
    assertThat(Files.readSymbolicLink(session.folder().resolve("copy/link")))
        .isEqualTo(Path.of("folder/file"));
    assertThat(session.run("store", "hash", "copy").out())
        .isEqualTo(session.run("store", "hash", "tree").out());
  }

  @Test
  void restoringNeverTouchesWhatIsThere() throws Exception {
    session.write("file", "mine");
    var result = restore(session.run("store", "dump", "file").bytes(), "file");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'file' is there already");
    assertThat(session.folder().resolve("file")).hasContent("mine");
  }

  @Test
  void aDamagedArchiveIsRefusedAndLeavesNothing() {
    var result = restore("no archive at all".getBytes(StandardCharsets.UTF_8), "copy");
    assertThat(result.status()).isEqualTo(1);
    assertThat(Session.lines(result.err())).hasSize(1).first().asString().startsWith("error: ");
    assertThat(session.folder().resolve("copy")).doesNotExist();
  }

  @Test
  void anArchiveThatIsCutOrGoesOnLeavesNothing() throws Exception {
    session.write("tree/a", "contents");
    session.write("tree/b/c", "more");
    byte[] archive = session.run("store", "dump", "tree").bytes();
    List<byte[]> damaged =
        List.of(
            Arrays.copyOf(archive, archive.length / 2),
            Arrays.copyOf(archive, archive.length - 8),
            Arrays.copyOf(archive, archive.length + 8));
    for (byte[] each : damaged) {
      assertThat(restore(each, "copy").status()).isEqualTo(1);
      try (var left = Files.list(session.folder())) {
        assertThat(left).containsExactly(session.folder().resolve("tree"));
      }
    }
  }

  private Session.Result restore(byte[] archive, String destination) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(archive));
    try {
      return session.run("store", "restore", destination);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aHashIsWrittenInTheFormThatIsAskedFor() throws Exception {
    session.write("empty", "");
    String plain = session.run("store", "hash", "empty").out().strip();
    assertThat(plain).matches("sha256-[A-Za-z0-9+/]{43}=");
    assertThat(session.run("store", "hash", "--hex", "empty").out().strip())
        .matches("[0-9a-f]{64}");
    assertThat(session.run("store", "hash", "--base32", "empty").out().strip())
        .matches("[0-9a-df-np-sv-z]{52}");
    var json = session.run("store", "hash", "--json", "empty").json();
    assertThat(json.required("narHash").asString()).isEqualTo(plain);
    assertThat(json.required("narSize").asLong())
        .isEqualTo(session.run("store", "dump", "empty").bytes().length);
    assertThat(session.run("store", "hash", "--hex", "--base32", "empty").status()).isEqualTo(2);
  }

  @Test
  void pathInfoTellsWhatIsRegistered() throws Exception {
    String path = added("greeting", "hello");
    assertThat(session.run("store", "path-info", path).out().strip()).isEqualTo(path);
    assertThat(session.run("store", "path-info", "--all").out().strip()).isEqualTo(path);
    var info = session.run("store", "path-info", "--json", physical(path).toString()).json().get(0);
    assertThat(info.required("path").asString()).isEqualTo(path);
    assertThat(info.required("narHash").asString())
        .isEqualTo(session.run("store", "hash", "greeting").out().strip());
    assertThat(info.required("references").isEmpty()).isTrue();
    assertThat(info.required("deriver").isNull()).isTrue();
    assertThat(info.required("ca").asString()).startsWith("fixed:r:sha256:");
  }

  @Test
  void anEmptyStoreHasNoPathsAndThatIsNoError() {
    var result = session.run("store", "path-info", "--all", "--json");
    assertThat(result.status()).isZero();
    assertThat(result.json().isEmpty()).isTrue();
  }

  @Test
  void pathInfoNeedsAPath() {
    var result = session.run("store", "path-info");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("no store path given");
  }

  @Test
  void aPathThatTheStoreLacksIsRefused() {
    String absent = "/nix/store/" + "a".repeat(32) + "-absent";
    for (var result :
        List.of(
            session.run("store", "path-info", absent),
            session.run("store", "query", "--references", absent))) {
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err().strip())
          .isEqualTo("error: '%s' is not in the store".formatted(absent));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nix/store/short", "/nix/store/", "elsewhere", "/", "store"})
  void whatIsNoStorePathIsAWrongCall(String text) {
    var result = session.run("store", "path-info", text);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).startsWith("error: ");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aLinkAndAFileBelowNameTheObjectTheyLeadTo() throws Exception {
    session.write("tree/folder/file", "contents");
    String path = session.run("store", "add", "tree").out().strip();
    Files.createSymbolicLink(session.folder().resolve("result"), physical(path));
    assertThat(session.run("store", "path-info", "result").out().strip()).isEqualTo(path);
    assertThat(session.run("store", "path-info", "result/folder/file").out().strip())
        .isEqualTo(path);
    assertThat(session.run("store", "path-info", path + "/folder").out().strip()).isEqualTo(path);
  }

  @Test
  void queriesFollowReferencesBothWays() throws Exception {
    String target = added("greeting", "hello");
    String from = referrer(target).toString();
    assertThat(session.run("store", "query", "--references", from).out().strip()).isEqualTo(target);
    assertThat(session.run("store", "query", "--referrers", target).out().strip()).isEqualTo(from);
    assertThat(Session.lines(session.run("store", "query", "--requisites", from).out()))
        .containsExactlyInAnyOrder(target, from);
    assertThat(session.run("store", "query", "--deriver", from, target).out())
        .isEqualTo("unknown-deriver\n".repeat(2));
    assertThat(session.run("store", "query", "--deriver", "--json", from).json().get(0).isNull())
        .isTrue();
    var json = session.run("store", "query", "--references", "--json", from).json();
    assertThat(json.get(0).asString()).isEqualTo(target);
  }

  @Test
  void aQueryAsksExactlyOneThing() {
    assertThat(session.run("store", "query", "x").status()).isEqualTo(2);
    assertThat(session.run("store", "query", "--deriver", "--outputs", "x").status()).isEqualTo(2);
  }

  @Test
  void theOutputsOfWhatIsNoDerivationAreAnErrorAndNoBug() throws Exception {
    String path = added("greeting", "hello");
    for (var result :
        List.of(
            session.run("store", "query", "--outputs", path),
            session.run("derivation", "show", path))) {
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err().strip()).isEqualTo("error: '%s' is no derivation".formatted(path));
    }
  }

  @Test
  void aHealthyStoreVerifiesSilently() throws Exception {
    added("greeting", "hello");
    var result = session.run("store", "verify", "--check-contents");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out() + result.err()).isEmpty();
  }

  @Test
  void changedContentsAreFoundOnlyWhereTheyAreChecked() throws Exception {
    String path = added("greeting", "hello");
    Files.setPosixFilePermissions(physical(path), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(physical(path), "damage");
    assertThat(session.run("store", "verify").status()).isZero();
    var result = session.run("store", "verify", "--check-contents");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("error: ", path, "was modified");
    var json = session.run("store", "verify", "--check-contents", "--json");
    assertThat(json.status()).isEqualTo(1);
    assertThat(json.json().size()).isEqualTo(1);
    JsonNode problem = json.json().get(0);
    assertThat(problem.propertyNames())
        .containsExactly("path", "kind", "expected", "actual", "message");
    assertThat(problem.required("path").asString()).isEqualTo(path);
    assertThat(problem.required("kind").asString()).isEqualTo("modified");
    assertThat(problem.required("message").asString()).contains("was modified");
    assertThat(problem.required("expected").required("narSize").asLong()).isEqualTo(120);
    assertThat(problem.required("actual").required("narHash").asString())
        .isEqualTo(Nar.hash(physical(path)).hash().toSri())
        .isNotEqualTo(problem.required("expected").required("narHash").asString());
  }

  @Test
  void aMissingPathIsFoundWithoutReadingContents() throws Exception {
    String path = added("greeting", "hello");
    referrer(path);
    Files.delete(physical(path));
    var result = session.run("store", "verify");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains(path, "disappeared", "other valid paths refer to it");
    JsonNode problem = session.run("store", "verify", "--json").json().get(0);
    assertThat(problem.required("path").asString()).isEqualTo(path);
    assertThat(problem.required("kind").asString()).isEqualTo("disappeared");
    assertThat(problem.required("expected").isNull()).isTrue();
    assertThat(problem.required("actual").isNull()).isTrue();
  }

  @Test
  void aStoreWhoseDatabaseIsNoDatabaseIsNoBug() throws Exception {
    added("greeting", "hello");
    Path database = session.storeFolder().resolve("nix/var/nix/db/db.sqlite");
    assertThat(database).exists();
    Files.deleteIfExists(database.resolveSibling("db.sqlite-wal"));
    Files.deleteIfExists(database.resolveSibling("db.sqlite-shm"));
    Files.writeString(database, "x".repeat(8192));
    var result = session.run("store", "path-info", "--all");
    assertThat(result.status()).as(result.err()).isNotZero().isNotEqualTo(70);
    assertThat(result.err())
        .startsWith("error: ")
        .contains("or make it anew from the files with 'synapse store rebuild-db'")
        .doesNotContain("\tat ");

    // A database may also be given up: then everything is added again.
    try (var files = Files.newDirectoryStream(database.getParent())) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(database.getParent());
    String path = added("greeting", "hello");
    assertThat(session.run("store", "path-info", "--all").out().strip()).isEqualTo(path);
    assertThat(session.run("store", "verify", "--check-contents").status()).isZero();
  }

  @Test
  void aNameThatIsNotUtf8IsSaidToBeThat() throws Exception {
    Program program = Program.of(session.folder());
    String script =
        "printf x >\"$HOME\"/$'\\xff\\xfe'; exec \"$1\" store hash \"$HOME\"/$'\\xff\\xfe'";

    var result = program.start(List.of("bash", "-c", script, "-", Program.launcher())).end();

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.error()).contains("is not UTF-8").doesNotContain("is not there");
    assertThat(result.err()).contains("hint: ");
    assertThat(program.run("store", "hash", "\ufffd").error()).contains("is not there");
  }

  @Test
  void controlCharactersOfANameAreNotPrinted() {
    var result = session.run("store", "hash", "a\033[31mb\u009b2Jc");
    assertThat(result.err()).contains("'abc' is not there");
  }

  @Test
  void aSandboxPathIsAbsolute() {
    var result = session.run("store", "realise", "--sandbox-path", "/bin=bin", "x.drv");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--sandbox-path takes absolute paths, not '/bin=bin'");
  }
}
