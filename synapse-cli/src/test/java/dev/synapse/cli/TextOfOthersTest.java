package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Texts, names and command lines that somebody else made.
final class TextOfOthersTest {
  @TempDir private Path temporary;

  @Test
  void aTextMovesNoCursor() {
    assertThat(PlainText.of("\033[31mred\033[0m \033]0;title\007and\rback"))
        .isEqualTo("red and back");
    assertThat(PlainText.of("\ttext")).isEqualTo("\ttext");
  }

  @Test
  void aReplacementCharacterThatIsMeantIsNoError() {
    assertThat(CommandBytes.notUtf8("build", "name\ufffd")).isEmpty();
    assertThat(CommandBytes.notUtf8("build", "name")).isEmpty();
  }

  @Test
  void whatAnEarlierComparisonFoundSaysHowToCompareAgain() throws Exception {
    Set<String> outputs = new TreeSet<>(List.of("out", "doc"));
    assertThat(RebuildRecord.Kind.AGAIN.earlier("demo", outputs))
        .isEqualTo(
            "not reproducible: when demo was built again, doc, out differed; build --rebuild"
                + " compares anew");
    assertThat(RebuildRecord.Kind.OTHER_ENGINE.earlier("demo", outputs))
        .isEqualTo(
            "the engines differ: when demo was built with both, doc, out differed; build"
                + " --cross-check compares anew");

    RebuildRecord record = new RebuildRecord(temporary.resolve("rebuilds/x.differs"));
    assertThat(record.differing()).isEmpty();
    assertThat(record.agrees()).as("nothing was compared").isEmpty();
    record.note(outputs);
    assertThat(record.differing()).containsExactly("doc", "out");
    assertThat(record.agrees()).contains(false);
    record.note(Set.of());
    assertThat(record.differing()).isEmpty();
    assertThat(record.agrees()).contains(true);
    record.note(Set.of("out"));
    assertThat(record.agrees()).contains(false);
  }

  @Test
  void whatLeadsNowhereIntoTheStoreIsNotFollowed() throws Exception {
    Files.createSymbolicLink(temporary.resolve("loop"), Path.of("loop"));
    StorePath path = new StorePath("1".repeat(32), "path");

    assertThat(
            catchThrowableOfType(
                CommandException.class,
                () -> StoreReference.parse("loop", temporary, temporary.resolve("store"))))
        .hasMessageContaining("'loop' is not in the store");
    assertThat(
            catchThrowableOfType(
                CommandException.class, () -> StoreReference.inside("loop/x", path, temporary)))
        .hasMessage("'loop/x' cannot be followed into the store");
  }

  @Test
  void outputsThatAreNotKnownBeforeTheBuildAreShownWithTheirAlgorithm() throws Exception {
    Session session = Session.in(temporary);
    for (List<String> each : List.of(List.of("r:sha256", ""), List.of("sha256", "impure"))) {
      session.write(
          "demo.drv",
          ("Derive([(\"out\",\"\",\"%s\",\"%s\")],[],[],\"x86_64-linux\",\"/bin/sh\",[],"
                  + "[(\"name\",\"demo\")])")
              .formatted(each.getFirst(), each.getLast()));
      Session.Result result = session.run("derivation", "show", "demo.drv");
      assertThat(result.status()).as(result.err()).isZero();
      var output = result.json().iterator().next().get("outputs").get("out");
      assertThat(output.get("hashAlgo").asString()).isEqualTo(each.getFirst());
      assertThat(output.has("impure")).isEqualTo(each.getLast().equals("impure"));
      assertThat(output.has("path")).isFalse();
    }
  }

  @Test
  void whatCannotBeServedIsSaidAtOnce() throws Exception {
    Session session = Session.in(temporary);
    session.write("empty", "\n");
    String path = new StorePath("1".repeat(32), "path").toString();
    assertThat(session.run("cache", "serve", "--folder", "absent").err())
        .isEqualTo("error: '%s' is no folder\n".formatted(session.folder().resolve("absent")));
    assertThat(session.run("cache", "push", "file:///x", path, "--token-file", "empty"))
        .satisfies(
            result -> {
              assertThat(result.status()).isEqualTo(2);
              assertThat(result.err()).contains("'empty' holds no token");
            });
    try (OneAnswer taken = new OneAnswer()) {
      String port = taken.address().substring("http://127.0.0.1:".length());
      Session.Result result = session.run("cache", "serve", "--listen", port);
      assertThat(result.status()).isEqualTo(3);
      assertThat(result.err())
          .startsWith("error: cannot listen: ")
          .contains("hint: choose another --listen");
    }
  }
}
