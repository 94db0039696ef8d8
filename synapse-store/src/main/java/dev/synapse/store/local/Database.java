package dev.synapse.store.local;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashFormatException;
import dev.synapse.store.local.PathGraph.Keeping;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Nix's database of valid paths, schema 10. One connection, opened when first needed; threads take
/// turns, which costs little as each turn takes microseconds.
final class Database implements AutoCloseable {
  private static final int PATIENCE_MILLISECONDS = 60_000;
  private static final int PAUSE_MILLISECONDS = 10;

  /// Less than this many bytes free is a full disk; the shared memory beside a database takes 32
  /// KiB.
  private static final long LEAST_SPACE = 1 << 16;

  private static final int PAGES_BEFORE_CHECKPOINT = 40_000;

  /// Work on the database that gives a `T`.
  interface Work<T> {
    T run() throws SQLException, IOException;
  }

  private final StoreLayout layout;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private @Nullable Connection connection;

  /// How often this process began to write: SQLite counts only the changes of others.
  private long writes;

  Database(StoreLayout layout) {
    this.layout = layout;
  }

  /// Runs `work` in one transaction that writes; a failure leaves no trace.
  <T> T write(Work<T> work) throws IOException {
    return transaction(
        "begin immediate",
        () -> {
          writes++;
          return work.run();
        });
  }

  /// Runs `work` so that all it reads is of one moment.
  <T> T read(Work<T> work) throws IOException {
    return transaction("begin", work);
  }

  private <T> T transaction(String begin, Work<T> work) throws IOException {
    turn.lock();
    try {
      if (turn.getHoldCount() > 1) {
        return work.run();
      }
      execute(begin);
      boolean done = false;
      try {
        T result = work.run();
        execute("commit");
        done = true;
        return result;
      } finally {
        if (!done) {
          rollBack();
        }
      }
    } catch (SQLException e) {
      throw named(e);
    } finally {
      turn.unlock();
    }
  }

  /// SQLite has rolled back by itself after some failures: then there is nothing left to do.
  private void rollBack() throws SQLException, IOException {
    try {
      execute("rollback");
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw e;
      }
    }
  }

  boolean isValid(StorePath path) throws IOException {
    return read(() -> idOf(path).isPresent());
  }

  Optional<Long> idOf(StorePath path) throws SQLException, IOException {
    PreparedStatement statement = prepare("select id from ValidPaths where path = ?");
    statement.setString(1, path.toString());
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
    }
  }

  Optional<PathInfo> find(StorePath path) throws IOException {
    return read(
        () -> {
          PreparedStatement statement =
              prepare(
                  "select hash, registrationTime, deriver, narSize, ultimate, sigs, ca"
                      + " from ValidPaths where path = ?");
          statement.setString(1, path.toString());
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(info(path, row)) : Optional.empty();
          }
        });
  }

  Optional<StorePath> findByDigest(String digest) throws IOException {
    return read(
        () -> {
          String start = StoreDirectory.NIX + "/" + digest + "-";
          PreparedStatement statement =
              prepare("select path from ValidPaths where path >= ? order by path limit 1");
          statement.setString(1, start);
          try (ResultSet rows = statement.executeQuery()) {
            return rows.next() && rows.getString(1).startsWith(start)
                ? Optional.of(StorePath.parse(rows.getString(1)))
                : Optional.empty();
          } catch (StorePathException e) {
            throw damaged(e);
          }
        });
  }

  LocalStore.Extent extent() throws IOException {
    return read(
        () -> {
          PreparedStatement statement =
              prepare("select count(*), coalesce(sum(narSize), 0) from ValidPaths");
          try (ResultSet rows = statement.executeQuery()) {
            boolean _ = rows.next();
            return new LocalStore.Extent(rows.getLong(1), rows.getLong(2));
          }
        });
  }

  private PathInfo info(StorePath path, ResultSet row) throws SQLException, IOException {
    try {
      String deriver = row.getString(3);
      String signatures = row.getString(6);
      String address = row.getString(7);
      return new PathInfo(
          path,
          new NarHash(Hash.parse(row.getString(1)), row.getLong(4)),
          references(path),
          new PathInfo.Origin(
              isAbsent(deriver) ? Optional.empty() : Optional.of(StorePath.parse(deriver)),
              row.getLong(2),
              row.getInt(5) == 1,
              isAbsent(signatures) ? List.of() : List.of(signatures.trim().split(" +", -1)),
              isAbsent(address) ? Optional.empty() : Optional.of(ContentAddress.parse(address))));
    } catch (HashFormatException | StorePathException e) {
      throw damaged(e);
    }
  }

  private static boolean isAbsent(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  SortedSet<StorePath> references(StorePath path) throws IOException {
    return paths(
        "select v.path from Refs join ValidPaths v on reference = v.id"
            + " where referrer = (select id from ValidPaths where path = ?)",
        path.toString());
  }

  SortedSet<StorePath> referrers(StorePath path) throws IOException {
    return paths(
        "select v.path from Refs join ValidPaths v on referrer = v.id"
            + " where reference = (select id from ValidPaths where path = ?)",
        path.toString());
  }

  /// The path and all that it refers to, or, `backwards`, that refer to it; SQLite follows them.
  SortedSet<StorePath> closure(StorePath path, boolean backwards) throws IOException {
    String from = backwards ? "reference" : "referrer";
    String to = backwards ? "referrer" : "reference";
    return paths(
        "with recursive closure(id) as (select id from ValidPaths where path = ?"
            + (" union select " + to + " from Refs join closure on " + from + " = closure.id)")
            + " select path from ValidPaths where id in closure",
        path.toString());
  }

  /// What each of these and of all that they need refers to.
  Map<StorePath, SortedSet<StorePath>> referencesWithin(Collection<StorePath> paths)
      throws IOException {
    return read(
        () -> {
          Map<Long, StorePath> numbers = new HashMap<>();
          Map<StorePath, SortedSet<StorePath>> references = new HashMap<>();
          for (StorePath path : paths) {
            if (references.containsKey(path)) {
              continue;
            }
            String closure =
                "with recursive closure(id) as (select id from ValidPaths where path = ?"
                    + " union select reference from Refs join closure on referrer = closure.id)";
            PreparedStatement members =
                prepare(closure + " select id, path from ValidPaths where id in closure");
            members.setString(1, path.toString());
            try (ResultSet rows = members.executeQuery()) {
              while (rows.next()) {
                StorePath member = parse(rows.getString(2));
                numbers.put(rows.getLong(1), member);
                references.put(member, new TreeSet<>());
              }
            }
            PreparedStatement edges =
                prepare(
                    closure + " select referrer, reference from Refs where referrer in closure");
            edges.setString(1, path.toString());
            try (ResultSet rows = edges.executeQuery()) {
              while (rows.next()) {
                StorePath referrer = numbers.get(rows.getLong(1));
                StorePath reference = numbers.get(rows.getLong(2));
                if (referrer != null && reference != null) {
                  references.computeIfAbsent(referrer, _ -> new TreeSet<>()).add(reference);
                }
              }
            }
          }
          return references;
        });
  }

  SortedSet<StorePath> derivers(StorePath output) throws IOException {
    return paths(
        "select v.path from DerivationOutputs d join ValidPaths v on d.drv = v.id where d.path = ?",
        output.toString());
  }

  SortedSet<StorePath> allValid() throws IOException {
    return paths("select path from ValidPaths");
  }

  /// Whether a valid path has this name, whatever its digest.
  boolean hasNamed(String name) throws IOException {
    int start = "/nix/store/".length() + StorePath.DIGEST_LENGTH + 2;
    return read(
        () -> {
          PreparedStatement statement =
              prepare("select 1 from ValidPaths where substr(path, " + start + ") = ? limit 1");
          statement.setString(1, name);
          try (ResultSet rows = statement.executeQuery()) {
            return rows.next();
          }
        });
  }

  SortedMap<String, StorePath> outputs(StorePath derivation) throws IOException {
    return read(
        () -> {
          PreparedStatement statement =
              prepare(
                  "select id, path from DerivationOutputs"
                      + " where drv = (select id from ValidPaths where path = ?)");
          statement.setString(1, derivation.toString());
          SortedMap<String, StorePath> outputs = new TreeMap<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              outputs.put(rows.getString(1), parse(rows.getString(2)));
            }
          }
          return outputs;
        });
  }

  private SortedSet<StorePath> paths(String query, String... arguments) throws IOException {
    return read(
        () -> {
          PreparedStatement statement = prepare(query);
          for (int index = 0; index < arguments.length; index++) {
            statement.setString(index + 1, arguments[index]);
          }
          SortedSet<StorePath> paths = new TreeSet<>();
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              paths.add(parse(rows.getString(1)));
            }
          }
          return paths;
        });
  }

  private StorePath parse(String text) throws StoreException {
    try {
      return StorePath.parse(text);
    } catch (StorePathException e) {
      throw damaged(e);
    }
  }

  /// Adds the path, or sets what can change of one that is there; gives its number. In [#write].
  long put(PathInfo info) throws SQLException, IOException {
    Optional<Long> known = idOf(info.path());
    PreparedStatement statement =
        prepare(
            known.isPresent()
                ? "update ValidPaths set hash = ?, narSize = ?, ultimate = ?, sigs = ?, ca = ?"
                    + " where path = ?"
                : "insert into ValidPaths"
                    + " (hash, narSize, ultimate, sigs, ca, path, registrationTime, deriver)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?)");
    statement.setString(1, info.narHash().prefixedHex());
    statement.setObject(2, info.narSize() == 0 ? null : info.narSize());
    statement.setObject(3, info.ultimate() ? 1 : null);
    statement.setString(4, textOrNull(String.join(" ", info.signatures())));
    statement.setString(5, textOrNull(info.contentAddress().map(Object::toString).orElse("")));
    statement.setString(6, info.path().toString());
    if (known.isEmpty()) {
      statement.setLong(7, info.registrationTime());
      statement.setString(8, textOrNull(info.deriver().map(Object::toString).orElse("")));
    }
    statement.executeUpdate();
    return idOf(info.path()).orElseThrow();
  }

  private static @Nullable String textOrNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /// Notes that one path refers to another. In [#write].
  void putReference(long referrer, long reference) throws SQLException, IOException {
    PreparedStatement statement =
        prepare("insert or replace into Refs (referrer, reference) values (?, ?)");
    statement.setLong(1, referrer);
    statement.setLong(2, reference);
    statement.executeUpdate();
  }

  /// Notes an output of a derivation. In [#write].
  void putOutput(long derivation, String name, StorePath output) throws SQLException, IOException {
    PreparedStatement statement =
        prepare("insert or replace into DerivationOutputs (drv, id, path) values (?, ?, ?)");
    statement.setLong(1, derivation);
    statement.setString(2, name);
    statement.setString(3, output.toString());
    statement.executeUpdate();
  }

  /// Forgets a path that nothing valid but itself refers to. In [#write].
  void remove(StorePath path) throws SQLException, IOException {
    PreparedStatement statement = prepare("delete from ValidPaths where path = ?");
    statement.setString(1, path.toString());
    statement.executeUpdate();
  }

  /// Forgets paths that nothing in `graph` needs, each before what it refers to. If others have
  /// written since, those stay that something needs now: nobody can write meanwhile, and what is
  /// new has a higher number.
  ///
  /// @return those that are forgotten
  List<StorePath> removeDead(Collection<StorePath> paths, PathGraph graph, Keeping keeping)
      throws IOException {
    return write(
        () -> {
          boolean changed = version() - 1 != graph.version(); // this transaction counts as one
          Set<StorePath> derivers =
              changed && keeping.keepDerivations()
                  ? paths("select deriver from ValidPaths where deriver <> '' and id > ?", graph)
                  : Set.of();
          List<StorePath> removed = new ArrayList<>();
          for (StorePath path : paths) {
            if (!changed
                || !(derivers.contains(path) || isNeeded(path, graph, keeping.keepOutputs()))) {
              remove(path);
              removed.add(path);
            }
          }
          if (!changed) {
            graph.changed(version());
          }
          return removed;
        });
  }

  private boolean isNeeded(StorePath path, PathGraph graph, boolean byDerivations)
      throws SQLException, IOException {
    SortedSet<StorePath> referrers = new TreeSet<>(referrers(path));
    referrers.remove(path);
    if (!referrers.isEmpty() || !byDerivations) {
      return !referrers.isEmpty();
    }
    PreparedStatement statement =
        prepare("select 1 from DerivationOutputs where path = ? and drv > ?");
    statement.setString(1, path.toString());
    statement.setLong(2, graph.lastNumber());
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next();
    }
  }

  private SortedSet<StorePath> paths(String query, PathGraph after)
      throws SQLException, IOException {
    PreparedStatement statement = prepare(query);
    statement.setLong(1, after.lastNumber());
    SortedSet<StorePath> paths = new TreeSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        paths.add(parse(rows.getString(1)));
      }
    }
    return paths;
  }

  /// Brings to the disk what was written.
  void sync() throws IOException {
    for (String suffix : List.of("", "-wal")) {
      Path file = layout.databaseFolder().resolve(layout.database().getFileName() + suffix);
      if (Files.exists(file)) {
        SystemCalls.sync(file);
      }
    }
  }

  /// A number that is another one when anybody, in this process or another, has written since.
  private long version() throws SQLException, IOException {
    try (ResultSet row = prepare("pragma data_version").executeQuery()) {
      if (!row.next()) {
        throw new IllegalStateException("SQLite did not say its data version");
      }
      return (row.getLong(1) << Integer.SIZE) + writes;
    }
  }

  /// All valid paths and how they hang together.
  PathGraph graph() throws IOException {
    return read(
        () -> {
          PathGraph.Builder graph = new PathGraph.Builder();
          try (ResultSet rows =
              prepare("select id, path, deriver from ValidPaths order by id").executeQuery()) {
            while (rows.next()) {
              graph.path(rows.getLong(1), parse(rows.getString(2)));
              String deriver = rows.getString(3);
              if (!isAbsent(deriver)) {
                graph.deriver(parse(deriver));
              }
            }
          }
          try (ResultSet rows = prepare("select referrer, reference from Refs").executeQuery()) {
            while (rows.next()) {
              graph.reference(rows.getLong(1), rows.getLong(2));
            }
          }
          try (ResultSet rows = prepare("select drv, path from DerivationOutputs").executeQuery()) {
            while (rows.next()) {
              graph.output(rows.getLong(1), parse(rows.getString(2)));
            }
          }
          return graph.build(version());
        });
  }

  /// Forgets a path unless another valid one refers to it, and says whether it did.
  boolean forgetUnneeded(StorePath path) throws IOException {
    return write(
        () -> {
          SortedSet<StorePath> others = new TreeSet<>(referrers(path));
          others.remove(path);
          if (others.isEmpty()) {
            remove(path);
          }
          return others.isEmpty();
        });
  }

  /// What SQLite finds wrong with the file; empty if nothing.
  List<String> check() throws IOException {
    return read(
        () -> {
          List<String> findings = new ArrayList<>();
          try (ResultSet rows = prepare("pragma integrity_check").executeQuery()) {
            while (rows.next()) {
              findings.add(rows.getString(1));
            }
          }
          findings.remove("ok");
          return findings;
        });
  }

  private PreparedStatement prepare(String sql) throws SQLException, IOException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection().prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private void execute(String sql) throws SQLException, IOException {
    prepare(sql).execute();
  }

  private Connection connection() throws SQLException, IOException {
    Connection open = connection;
    if (open == null) {
      open = connect();
      connection = open;
    }
    return open;
  }

  private Connection connect() throws SQLException, IOException {
    boolean exists = layout.hasDatabase();
    if (exists && !Files.exists(layout.database())) {
      throw new StoreException(new StoreProblem.NoDatabase(layout.database()));
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(PATIENCE_MILLISECONDS);
    config.enforceForeignKeys(true);
    // As a URI: in a plain path everything after a question mark would be taken for options.
    Connection opened = config.createConnection("jdbc:sqlite:" + layout.database().toUri());
    boolean usable = false;
    try (Statement statement = opened.createStatement()) {
      chooseJournal(statement);
      statement.execute("pragma synchronous = normal");
      statement.execute("pragma wal_autocheckpoint = " + PAGES_BEFORE_CHECKPOINT);
      if (!exists) {
        createTables(statement);
      }
      usable = true;
      return opened;
    } finally {
      if (!usable) {
        opened.close();
      }
    }
  }

  /// Write-ahead logging needs shared memory, which some file systems do not have.
  private static void chooseJournal(Statement statement) throws SQLException, IOException {
    if (isJournal(statement, "pragma main.journal_mode", "wal")) {
      return;
    }
    long patience = System.nanoTime() + PATIENCE_MILLISECONDS * 1_000_000L;
    while (true) {
      try {
        if (!isJournal(statement, "pragma main.journal_mode = wal", "wal")) {
          statement.execute("pragma main.journal_mode = truncate");
        }
        return;
      } catch (SQLiteException e) {
        int primary = e.getResultCode().code & 0xff;
        if (primary == SQLiteErrorCode.SQLITE_IOERR.code
            || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code
            || primary == SQLiteErrorCode.SQLITE_PROTOCOL.code) {
          statement.execute("pragma main.journal_mode = truncate");
          return;
        }
        boolean busy =
            primary == SQLiteErrorCode.SQLITE_BUSY.code
                || primary == SQLiteErrorCode.SQLITE_LOCKED.code;
        if (!busy || System.nanoTime() > patience) {
          throw e;
        }
        pause(); // SQLite does not wait by itself when the journal changes
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE_MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while opening the store database");
    }
  }

  private static boolean isJournal(Statement statement, String pragma, String wanted)
      throws SQLException {
    try (ResultSet row = statement.executeQuery(pragma)) {
      return row.next() && wanted.equals(row.getString(1));
    }
  }

  private void createTables(Statement statement) throws SQLException, IOException {
    statement.execute("begin immediate");
    for (String sql : schema().split(";;", -1)) {
      statement.execute(sql);
    }
    statement.execute("commit");
    Path unfinished = Files.createTempFile(layout.databaseFolder(), "schema", null);
    Files.writeString(unfinished, StoreLayout.SCHEMA);
    SystemCalls.changeMode(unfinished, 0644);
    Files.move(unfinished, layout.schema(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String schema() throws IOException {
    try (InputStream in = Database.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("the resource schema.sql is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private StoreException damaged(Exception cause) {
    return new StoreException(
        new StoreProblem.DamagedDatabase(layout.database(), String.valueOf(cause.getMessage())),
        cause);
  }

  private IOException named(SQLException failure) {
    int primary =
        failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
    if (primary == SQLiteErrorCode.SQLITE_FULL.code || isForLackOfSpace(primary)) {
      return new StoreException(new StoreProblem.DiskFull(layout.database()), failure);
    }
    if (primary == SQLiteErrorCode.SQLITE_BUSY.code) {
      return new StoreException(new StoreProblem.BusyDatabase(layout.database()), failure);
    }
    if (primary == SQLiteErrorCode.SQLITE_READONLY.code) {
      return new StoreException(new StoreProblem.NotWritable(layout.database()), failure);
    }
    if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code
        || primary == SQLiteErrorCode.SQLITE_ERROR.code) {
      return damaged(failure);
    }
    return new IOException(
        "store database '%s': %s".formatted(layout.database(), failure.getMessage()), failure);
  }

  /// Only a write that does not fit is called a full disk by SQLite. Where it makes or enlarges a
  /// file beside the database, which it does to read too, it does not say why it could not.
  private boolean isForLackOfSpace(int primary) {
    if (primary != SQLiteErrorCode.SQLITE_IOERR.code
        && primary != SQLiteErrorCode.SQLITE_CANTOPEN.code) {
      return false;
    }
    try {
      return Files.getFileStore(layout.databaseFolder()).getUsableSpace() < LEAST_SPACE;
    } catch (IOException _) {
      return false; // then it is not for that
    }
  }

  @Override
  public void close() throws IOException {
    turn.lock();
    try {
      statements.clear();
      Connection open = connection;
      connection = null;
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      throw named(e);
    } finally {
      turn.unlock();
    }
  }
}
