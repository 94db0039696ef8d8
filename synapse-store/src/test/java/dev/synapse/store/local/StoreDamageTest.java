package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found of a store that something else than Synapse or Nix has changed, and how it is
/// said.
final class StoreDamageTest {
  private static final StorePath PATH = new StorePath("1".repeat(32), "path");
  private static final StorePath OTHER = new StorePath("2".repeat(32), "other");

  @TempDir Path folder;
  private Path root;
  private StorePath base;
  private StorePath user;

  @BeforeEach
  void fill() throws Exception {
    root = folder.resolve("root");
    try (LocalStore store = LocalStore.open(root)) {
      base = store.addText(new byte[] {1}, "base", Set.of());
      user = store.addText(new byte[] {2}, "user", Set.of(base));
    }
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  private void sql(String... commands) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + new StoreLayout(root).database());
        Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  private interface Asking {
    Object of(LocalStore store) throws Exception;
  }

  private StoreProblem problem(Asking asking) throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      return catchThrowableOfType(StoreException.class, () -> asking.of(store)).problem();
    }
  }

  @Test
  void everyDamageIsSaidInOneLine() {
    NarHash one = new NarHash(Hash.of(HashAlgorithm.SHA256, new byte[] {1}), 120);
    NarHash longer = new NarHash(one.hash(), 128);
    NarHash two = new NarHash(Hash.of(HashAlgorithm.SHA256, new byte[] {2}), 120);

    assertThat(new StoreDamage.Disappeared(PATH, false).message())
        .isEqualTo("'" + PATH + "' disappeared");
    assertThat(new StoreDamage.Disappeared(PATH, true).message())
        .isEqualTo("'" + PATH + "' disappeared, and other valid paths refer to it");
    assertThat(new StoreDamage.Modified(PATH, one, longer).message())
        .isEqualTo("'" + PATH + "' was registered with size 120, it has 128");
    assertThat(new StoreDamage.Modified(PATH, one, two).message())
        .isEqualTo(
            "'%s' was modified: hash %s, expected %s".formatted(PATH, two.hash(), one.hash()));
    assertThat(new StoreDamage.Unreadable(PATH, "it is a socket").message())
        .isEqualTo("'" + PATH + "' cannot be read: it is a socket");
    assertThat(new StoreDamage.ModifiedLink("abc").message())
        .isEqualTo("shared content '.links/abc' was modified");
    assertThat(new StoreDamage.Database("row 1 missing from index").message())
        .isEqualTo("store database: row 1 missing from index");
  }

  @Test
  void everyProblemOfAUserNamesWhatIsAtFaultAndWhatHelps() {
    Path place = Path.of("/some/place");
    assertThat(new StoreProblem.NotOwned(place, "alice").message())
        .isEqualTo("store folder '/some/place' belongs to alice: choose another with --store");
    assertThat(new StoreProblem.NotWritable(place).message())
        .isEqualTo("store folder '/some/place' is not writable: choose another with --store");
    assertThat(new StoreProblem.BusyDatabase(place).message())
        .isEqualTo(
            "store database '/some/place' is in use by another process, which does not finish");
    assertThat(new StoreProblem.DiskFull(place).message())
        .isEqualTo("no space is left for '/some/place'");
    assertThat(new StoreProblem.ForeignFile(place, 4294967294L).message())
        .isEqualTo("'/some/place' belongs to the user with number 4294967294");
    assertThat(new StoreProblem.StillReferred(PATH, OTHER).message())
        .isEqualTo("'%s' is needed by '%s': delete that with it".formatted(PATH, OTHER));
  }

  @Test
  void whatIsNoStoreObjectAnyMoreCannotBeReadAndIsMadeAnew() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Path object = store.physical(user);
      byte[] contents = Files.readAllBytes(object);
      Deletion.delete(object);
      Files.createDirectory(object);
      Files.createSymbolicLink(object.resolve("up"), Path.of(".."));
      socket(object.resolve("socket"));

      List<StoreDamage> damage = store.verify(true);

      assertThat(damage)
          .singleElement()
          .isInstanceOfSatisfying(
              StoreDamage.Unreadable.class,
              unreadable -> {
                assertThat(unreadable.path()).isEqualTo(user);
                assertThat(unreadable.reason()).contains("socket");
              });
      assertThat(store.verify(false)).as("without looking").isEmpty();
      assertThat(store.repair(true, (_, _) -> false))
          .containsExactly(new Repair(damage.getFirst(), Repair.Outcome.LEFT));
      assertThat(
              store.repair(
                  true,
                  (_, tree) -> {
                    Files.write(tree, contents);
                    return true;
                  }))
          .containsExactly(new Repair(damage.getFirst(), Repair.Outcome.REPAIRED));
      assertThat(store.verify(true)).isEmpty();
    }
  }

  /// Made where its address is short enough.
  private void socket(Path place) throws Exception {
    Path made = folder.resolve("s");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(made));
    }
    Files.move(made, place);
  }

  @Test
  void aRepairFromTheWrongContentsChangesNothing() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Path object = store.physical(user);
      SystemCalls.changeMode(object, 0644);
      Files.write(object, new byte[] {3});

      assertThat(
              store.repair(
                  true,
                  (_, tree) -> {
                    Files.write(tree, new byte[] {4});
                    return true;
                  }))
          .extracting(Repair::outcome)
          .containsExactly(Repair.Outcome.LEFT);
      assertThat(object).hasBinaryContent(new byte[] {3});
    }
  }

  /// A table whose rows are not what its definition says.
  @Test
  void aDatabaseThatContradictsItselfIsFoundAndLeftAsItIs() throws Exception {
    sql(
        "pragma writable_schema = on",
        "update sqlite_master set sql = replace(sql, 'deriver          text',"
            + " 'deriver text not null') where name = 'ValidPaths'");
    try (LocalStore store = LocalStore.open(root)) {
      List<StoreDamage> damage = store.verify(false);

      assertThat(damage)
          .hasSize(2)
          .allSatisfy(each -> assertThat(each.message()).contains("NULL value in"));
      assertThat(store.repair(false, (_, _) -> true))
          .extracting(Repair::outcome)
          .containsOnly(Repair.Outcome.LEFT);
    }
  }

  @Test
  void rowsThatNoStoreCanHaveAreSaidToBeDamage() throws Exception {
    sql(
        "update ValidPaths set hash = 'sha256:nonsense' where path = '%s'".formatted(user),
        "update ValidPaths set path = '/nix/store/%s-a b' where path = '%s'"
            .formatted(base.digest(), base));

    for (Asking asking :
        List.<Asking>of(
            store -> store.find(user),
            store -> store.findByDigest(base.digest()),
            LocalStore::allValid,
            store -> store.references(user))) {
      StoreProblem problem = problem(asking);
      assertThat(problem).isInstanceOf(StoreProblem.DamagedDatabase.class);
      assertThat(problem.message()).contains("db.sqlite", "synapse store rebuild-db");
    }
  }

  @Test
  void whatSqliteRefusesIsSaidWithTheDatabaseAndUndone() throws Exception {
    try (Database database = new Database(new StoreLayout(root))) {
      assertThatThrownBy(
              () ->
                  database.write(
                      () -> {
                        database.remove(user);
                        database.remove(base);
                        database.putReference(1, 99);
                        return true;
                      }))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("store database", "db.sqlite", "FOREIGN KEY");
      assertThat(database.allValid()).containsExactlyInAnyOrder(base, user);
    }
  }
}
