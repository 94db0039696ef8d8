package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What SQLite answers where others have the database, or the disk does not do what it needs.
@Timeout(60)
final class DatabaseTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final StorePath PATH = new StorePath("q06x3jll2yfzckz2bzqak089p43ixkkq", "path");

  @TempDir Path folder;
  private StoreLayout layout;

  @BeforeEach
  void prepare() throws Exception {
    layout = new StoreLayout(folder.resolve("root"));
    layout.prepare();
  }

  private Connection other() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + layout.database());
  }

  private static StoreProblem problem(ThrowingCallable call) {
    return catchThrowableOfType(StoreException.class, call).problem();
  }

  private static PathInfo info() {
    return PathInfo.of(
        PATH,
        new NarHash(Hash.of(HashAlgorithm.SHA256, new byte[] {1}), 120),
        Set.of(),
        new PathInfo.Origin(Optional.empty(), 7, true, List.of("k:x", "l:y"), Optional.empty()));
  }

  @Test
  void aNewDatabaseThatAnotherProcessKeepsIsBusyWhenPatienceEnds() throws Exception {
    try (Connection other = other();
        Statement statement = other.createStatement();
        Database database = new Database(layout, SHORT)) {
      statement.execute("create table t (c)");
      for (String kind : List.of("exclusive", "immediate")) {
        statement.execute("begin " + kind);

        assertThat(problem(database::allValid))
            .as(kind)
            .isEqualTo(new StoreProblem.BusyDatabase(layout.database()));

        statement.execute("rollback");
      }
      assertThat(database.allValid()).as("as soon as it is free").isEmpty();
    }
  }

  @Test
  void whoWaitsForANewDatabaseCanBeInterrupted() throws Exception {
    try (Connection other = other();
        Statement statement = other.createStatement();
        Database database = new Database(layout, Duration.ofSeconds(30))) {
      statement.execute("create table t (c)");
      statement.execute("begin immediate");
      Thread.currentThread().interrupt();

      assertThatThrownBy(database::allValid)
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while opening the store database");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aDatabaseThatAnotherProcessWritesToIsBusyWhenPatienceEnds() throws Exception {
    try (Database first = new Database(layout)) {
      assertThat(first.allValid()).isEmpty();
    }
    try (Connection other = other();
        Statement statement = other.createStatement();
        Database database = new Database(layout, SHORT)) {
      statement.execute("begin immediate");

      assertThat(problem(() -> database.write(() -> database.put(info()))))
          .isEqualTo(new StoreProblem.BusyDatabase(layout.database()));
      assertThat(database.allValid()).as("reading goes on").isEmpty();

      statement.execute("rollback");
      long _ = database.write(() -> database.put(info()));
      assertThat(database.find(PATH)).hasValue(info());
    }
  }

  @Test
  void aDatabaseThatMayOnlyBeReadIsNotWritable() throws Exception {
    assumeThat(SystemCalls.user()).as("root may write to everything").isNotZero();
    try (Database first = new Database(layout)) {
      assertThat(first.allValid()).isEmpty();
    }
    SystemCalls.changeMode(layout.database(), Canonical.READABLE);
    try (Database database = new Database(layout)) {
      assertThat(problem(() -> database.write(() -> database.put(info()))))
          .isEqualTo(new StoreProblem.NotWritable(layout.database()));
    }
  }

  @Test
  void whatIsPutAgainKeepsItsNumberAndWhenItBecameValid() throws Exception {
    try (Database database = new Database(layout)) {
      long number = database.write(() -> database.put(info()));
      PathInfo again =
          PathInfo.of(
              PATH,
              info().nar(),
              Set.of(),
              new PathInfo.Origin(Optional.empty(), 99, false, List.of(), Optional.empty()));

      assertThat(database.write(() -> database.put(again))).isEqualTo(number);

      PathInfo found = database.find(PATH).orElseThrow();
      assertThat(found.registrationTime()).isEqualTo(7);
      assertThat(found.ultimate()).isFalse();
      assertThat(found.signatures()).isEmpty();
    }
  }
}
