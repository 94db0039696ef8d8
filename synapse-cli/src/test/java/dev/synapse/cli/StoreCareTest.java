package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LinkText;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Collecting garbage, and keeping a store in order.
final class StoreCareTest {
  @TempDir private Path temporary;
  private Session session;
  private String base;
  private String top;
  private String loose;

  @BeforeEach
  void fill() throws Exception {
    session = Session.in(temporary);
    try (LocalStore store = session.store()) {
      StorePath first = text(store, "base", "base");
      StorePath second =
          store.addText(first.toString().getBytes(StandardCharsets.UTF_8), "top", Set.of(first));
      base = first.toString();
      top = second.toString();
      loose = text(store, "loose", "loose!").toString();
      store.addIndirectRoot(result(), second, LinkText.PHYSICAL);
    }
  }

  private static StorePath text(LocalStore store, String name, String text) throws IOException {
    return store.addText(text.getBytes(StandardCharsets.UTF_8), name, Set.of());
  }

  private Path result() {
    return session.folder().resolve("result");
  }

  private Path physical(String path) {
    return session.storeFolder().resolve(path.substring(1));
  }

  @Test
  void aDryRunSaysWhatGoesAndWhatKeepsTheRest() {
    var run = session.run("store", "gc", "--dry-run");
    assertThat(run.status()).isZero();
    assertThat(Session.lines(run.out()))
        .containsExactlyInAnyOrder(
            "dead " + loose + ": 6 bytes",
            "kept " + top + ": by " + result(),
            "kept " + base + ": by " + result() + " through " + top);
    assertThat(run.err().strip())
        .isEqualTo("1 path would be deleted, 0.00 MiB freed; 2 paths kept");
    assertThat(physical(loose)).exists();

    JsonNode plan = session.run("store", "gc", "--dry-run", "--json").json();
    assertThat(plan.required("bytes").asLong()).isEqualTo(6);
    assertThat(plan.required("dead").get(0).required("path").asString()).isEqualTo(loose);
    assertThat(plan.required("dead").get(0).required("valid").asBoolean()).isTrue();
    assertThat(plan.required("kept").size()).isEqualTo(2);
    assertThat(plan.required("kept").findValuesAsString("place")).containsOnly(result().toString());
  }

  @Test
  void gcDeletesWhatNothingNeeds() {
    var run = session.run("store", "gc", "--json");
    assertThat(run.json().required("deleted").get(0).asString()).isEqualTo(loose);
    assertThat(run.json().required("bytesFreed").asLong()).isEqualTo(6);
    assertThat(physical(loose)).doesNotExist();
    assertThat(result()).exists();

    var again = session.run("store", "gc");
    assertThat(again.out()).isEmpty();
    assertThat(again.err().strip()).isEqualTo("0 paths deleted, 0.00 MiB freed");
  }

  @Test
  void aLimitIsANumberOfBytes() {
    assertThat(session.run("store", "gc", "--max-freed", "1T").status()).isZero();
    for (String wrong : new String[] {"much", "-1", "1X", ""}) {
      var run = session.run("store", "gc", "--max-freed=" + wrong);
      assertThat(run.status()).as(wrong).isEqualTo(2);
    }
    assertThat(session.run("store", "gc", "--dry-run", "--max-freed", "1").status()).isEqualTo(2);
  }

  @Test
  void rootsAreShownWithWhatTheyKeep() {
    assertThat(session.run("store", "roots").out().strip()).isEqualTo(result() + " -> " + top);
    assertThat(session.run("store", "roots", base).out().strip())
        .isEqualTo(result() + " -> " + top);
    assertThat(session.run("store", "roots", loose).out()).isEmpty();
    JsonNode root = session.run("store", "roots", "--json").json().get(0);
    assertThat(root.required("kind").asString()).isEqualTo("link");
    assertThat(root.required("place").asString()).isEqualTo(result().toString());
  }

  @Test
  void deletingSaysWhatIsInTheWay() {
    assertThat(session.run("store", "delete", base).err().strip())
        .isEqualTo(
            "error: '%s' is kept by the root '%s': remove that first".formatted(base, result()));
    assertThat(session.run("store", "delete", base).status()).isEqualTo(1);
    var run = session.run("store", "delete", loose);
    assertThat(run.out().strip()).isEqualTo(loose);
    assertThat(session.run("store", "delete", loose).err().strip())
        .isEqualTo("error: '%s' is not valid".formatted(loose));
  }

  @Test
  void equalFilesShareTheirSpace() throws Exception {
    try (LocalStore store = session.store()) {
      assertThat(text(store, "same", "loose!")).isNotNull();
    }
    JsonNode saved = session.run("store", "optimise", "--json").json();
    assertThat(saved.required("files").asLong()).isEqualTo(1);
    assertThat(saved.required("bytesFreed").asLong()).isEqualTo(6);
    assertThat(session.run("store", "optimise").out().strip())
        .isEqualTo("0 files share their space now, 0 bytes freed");
  }

  private void damage(String path) throws IOException {
    Files.setPosixFilePermissions(physical(path), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(physical(path), "damage");
  }

  @Test
  void aDamagedPathIsMendedFromAnotherStore() throws Exception {
    try (LocalStore other = LocalStore.open(temporary.resolve("other"))) {
      assertThat(text(other, "loose", "loose!").toString()).isEqualTo(loose);
    }
    damage(loose);
    damage(base);
    var run =
        session.run(
            "store",
            "verify",
            "--check-contents",
            "--repair",
            "--from",
            temporary.resolve("other").toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("repaired: '" + loose, "error: '" + base);
    assertThat(physical(loose)).hasContent("loose!");
    JsonNode left = session.run("store", "verify", "--check-contents", "--repair", "--json").json();
    assertThat(left.size()).isEqualTo(1);
    assertThat(left.get(0).required("outcome").asString()).isEqualTo("left");
  }

  @Test
  void onlyAStoreCanBeRepairedFrom() {
    assertThat(session.run("store", "verify", "--repair", "--from", "absent").status())
        .isEqualTo(2);
    assertThat(session.run("store", "verify", "--repair", "--from", ".").err())
        .contains("'.' is no store");
    assertThat(session.run("store", "verify", "--from", ".").status()).isEqualTo(2);
  }

  @Test
  void aDamagedDatabaseIsMadeAnew() throws Exception {
    Path database = session.storeFolder().resolve("nix/var/nix/db/db.sqlite");
    Files.writeString(database, "damaged");
    var damaged = session.run("store", "path-info", "--all");
    assertThat(damaged.status()).isEqualTo(3);
    assertThat(damaged.err()).contains("'synapse store rebuild-db'");

    Files.createDirectory(session.storeFolder().resolve("nix/store/nothing"));
    var run = session.run("store", "rebuild-db");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().strip()).isEqualTo("3 paths are valid");
    assertThat(run.err())
        .contains("warning: 'nothing' is not valid: ", "the database of before is ");
    assertThat(Session.lines(session.run("store", "path-info", "--all").out()))
        .containsExactlyInAnyOrder(base, top, loose);
    JsonNode again = session.run("store", "rebuild-db", "--json").json();
    assertThat(again.required("valid").size()).isEqualTo(3);
    assertThat(again.required("rejected").size()).isEqualTo(1);
  }
}
