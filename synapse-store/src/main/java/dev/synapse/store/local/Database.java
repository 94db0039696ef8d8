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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
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
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int PAUSE_MILLISECONDS = 10;

  /// Less than this many bytes free is a full disk; the shared memory beside a database takes 32
  /// KiB.
  private static final long LEAST_SPACE = 1 << 16;

  private static final int PAGES_BEFORE_CHECKPOINT = 40_000;

  /// The bits of a result code that are the primary one; the others say more of it.
  private static final int PRIMARY = 0xff;

  private static final Set<SQLiteErrorCode> NO_SHARED_MEMORY =
      EnumSet.of(
          SQLiteErrorCode.SQLITE_IOERR,
          SQLiteErrorCode.SQLITE_CANTOPEN,
          SQLiteErrorCode.SQLITE_PROTOCOL);
  private static final Set<SQLiteErrorCode> KEPT_BY_OTHERS =
      EnumSet.of(SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_LOCKED);

  /// Work on the database that gives a `T`.
  interface Work<T> {
    T run() throws SQLException, IOException;
  }

  private final StoreLayout layout;
  private final Duration patience;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private @Nullable Connection connection;

  /// How often this process began to write: SQLite counts only the changes of others.
  private long writes;

  Database(StoreLayout layout) {
    this(layout, PATIENCE);
  }

  /// @param patience how long to wait for who keeps the database
  Database(StoreLayout layout, Duration patience) {
    this.layout = layout;
    this.patience = patience;
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
    try (Rows rows = query("select id from ValidPaths where path = ?", path.toString())) {
      return rows.next() ? Optional.of(rows.number()) : Optional.empty();
    }
  }

  Optional<PathInfo> find(StorePath path) throws IOException {
    return read(
        () -> {
          try (Rows row =
              query(
                  "select hash, narSize, registrationTime, deriver, ultimate, sigs, ca"
                      + " from ValidPaths where path = ?",
                  path.toString())) {
            return row.next() ? Optional.of(info(path, row)) : Optional.empty();
          }
        });
  }

  Optional<StorePath> findByDigest(String digest) throws IOException {
    return read(
        () -> {
          String start = StoreDirectory.NIX + "/" + digest + "-";
          try (Rows rows =
              query("select path from ValidPaths where path >= ? order by path limit 1", start)) {
            String next = rows.next() ? rows.text() : "";
            return next.startsWith(start) ? Optional.of(parse(next)) : Optional.empty();
          }
        });
  }

  LocalStore.Extent extent() throws IOException {
    return read(
        () -> {
          try (Rows row = query("select count(*), sum(narSize) from ValidPaths")) {
            boolean _ = row.next();
            return new LocalStore.Extent(row.number(), row.number());
          }
        });
  }

  private PathInfo info(StorePath path, Rows row) throws SQLException, IOException {
    try {
      NarHash nar = new NarHash(Hash.parse(row.text()), row.number());
      long registered = row.number();
      String deriver = row.text();
      boolean ultimate = row.number() == 1;
      String signatures = row.text();
      String address = row.text();
      return new PathInfo(
          path,
          nar,
          references(path),
          new PathInfo.Origin(
              deriver.isEmpty() ? Optional.empty() : Optional.of(StorePath.parse(deriver)),
              registered,
              ultimate,
              signatures.isEmpty() ? List.of() : List.of(signatures.trim().split(" +", -1)),
              address.isEmpty() ? Optional.empty() : Optional.of(ContentAddress.parse(address))));
    } catch (HashFormatException | StorePathException e) {
      throw damaged(e);
    }
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
            if (!references.containsKey(path)) {
              addClosure(path, numbers, references);
            }
          }
          return references;
        });
  }

  private void addClosure(
      StorePath path, Map<Long, StorePath> numbers, Map<StorePath, SortedSet<StorePath>> references)
      throws SQLException, IOException {
    String closure =
        "with recursive closure(id) as (select id from ValidPaths where path = ?"
            + " union select reference from Refs join closure on referrer = closure.id)";
    try (Rows members =
        query(closure + " select id, path from ValidPaths where id in closure", path.toString())) {
      while (members.next()) {
        long number = members.number();
        StorePath member = parse(members.text());
        numbers.put(number, member);
        references.put(member, new TreeSet<>());
      }
    }
    try (Rows edges =
        query(
            closure + " select referrer, reference from Refs where referrer in closure",
            path.toString())) {
      while (edges.next()) {
        StorePath referrer = numbers.get(edges.number());
        StorePath reference = numbers.get(edges.number());
        if (referrer != null && reference != null) {
          references.computeIfAbsent(referrer, _ -> new TreeSet<>()).add(reference);
        }
      }
    }
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
          try (Rows rows =
              query(
                  "select 1 from ValidPaths where substr(path, " + start + ") = ? limit 1", name)) {
            return rows.next();
          }
        });
  }

  SortedMap<String, StorePath> outputs(StorePath derivation) throws IOException {
    return read(
        () -> {
          SortedMap<String, StorePath> outputs = new TreeMap<>();
          try (Rows rows =
              query(
                  "select id, path from DerivationOutputs"
                      + " where drv = (select id from ValidPaths where path = ?)",
                  derivation.toString())) {
            while (rows.next()) {
              outputs.put(rows.text(), parse(rows.text()));
            }
          }
          return outputs;
        });
  }

  private SortedSet<StorePath> paths(String query, Object... arguments) throws IOException {
    return read(
        () -> {
          SortedSet<StorePath> paths = new TreeSet<>();
          try (Rows rows = query(query, arguments)) {
            while (rows.next()) {
              paths.add(parse(rows.text()));
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
    List<@Nullable Object> values = new ArrayList<>();
    values.add(info.narHash().prefixedHex());
    values.add(info.narSize() == 0 ? null : info.narSize());
    values.add(info.ultimate() ? 1 : null);
    values.add(textOrNull(String.join(" ", info.signatures())));
    values.add(textOrNull(info.contentAddress().map(Object::toString).orElse("")));
    values.add(info.path().toString());
    if (known.isPresent()) {
      update(
          "update ValidPaths set hash = ?, narSize = ?, ultimate = ?, sigs = ?, ca = ?"
              + " where path = ?",
          values.toArray());
      return known.get();
    }
    values.add(info.registrationTime());
    values.add(textOrNull(info.deriver().map(Object::toString).orElse("")));
    update(
        "insert into ValidPaths"
            + " (hash, narSize, ultimate, sigs, ca, path, registrationTime, deriver)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
        values.toArray());
    return idOf(info.path()).orElseThrow();
  }

  private static @Nullable String textOrNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /// Notes that one path refers to another. In [#write].
  void putReference(long referrer, long reference) throws SQLException, IOException {
    update("insert or replace into Refs (referrer, reference) values (?, ?)", referrer, reference);
  }

  /// Notes an output of a derivation. In [#write].
  void putOutput(long derivation, String name, StorePath output) throws SQLException, IOException {
    update(
        "insert or replace into DerivationOutputs (drv, id, path) values (?, ?, ?)",
        derivation,
        name,
        output.toString());
  }

  /// Forgets a path that nothing valid but itself refers to. In [#write].
  void remove(StorePath path) throws SQLException, IOException {
    update("delete from ValidPaths where path = ?", path.toString());
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
                  ? paths(
                      "select deriver from ValidPaths where deriver <> '' and id > ?",
                      graph.lastNumber())
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
    try (Rows rows =
        query(
            "select 1 from DerivationOutputs where path = ? and drv > ?",
            path.toString(),
            graph.lastNumber())) {
      return rows.next();
    }
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
    try (Rows row = query("pragma data_version")) {
      boolean _ = row.next();
      return (row.number() << Integer.SIZE) + writes;
    }
  }

  /// All valid paths and how they hang together.
  PathGraph graph() throws IOException {
    return read(
        () -> {
          PathGraph.Builder graph = new PathGraph.Builder();
          try (Rows rows = query("select id, path, deriver from ValidPaths order by id")) {
            while (rows.next()) {
              graph.path(rows.number(), parse(rows.text()));
              String deriver = rows.text();
              if (!deriver.isEmpty()) {
                graph.deriver(parse(deriver));
              }
            }
          }
          try (Rows rows = query("select referrer, reference from Refs")) {
            while (rows.next()) {
              graph.reference(rows.number(), rows.number());
            }
          }
          try (Rows rows = query("select drv, path from DerivationOutputs")) {
            while (rows.next()) {
              graph.output(rows.number(), parse(rows.text()));
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
          try (Rows rows = query("pragma integrity_check")) {
            while (rows.next()) {
              findings.add(rows.text());
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

  private PreparedStatement prepare(String sql, @Nullable Object... arguments)
      throws SQLException, IOException {
    PreparedStatement statement = prepare(sql);
    for (int index = 0; index < arguments.length; index++) {
      statement.setObject(index + 1, arguments[index]);
    }
    return statement;
  }

  private Rows query(String sql, @Nullable Object... arguments) throws SQLException, IOException {
    return new Rows(prepare(sql, arguments).executeQuery());
  }

  private void update(String sql, @Nullable Object... arguments) throws SQLException, IOException {
    int _ = prepare(sql, arguments).executeUpdate();
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
    config.setBusyTimeout((int) patience.toMillis());
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
  private void chooseJournal(Statement statement) throws SQLException, IOException {
    if (isJournal(statement, "pragma main.journal_mode", "wal")) {
      return;
    }
    long end = System.nanoTime() + patience.toNanos();
    while (!isJournalChosen(statement, end)) {
      pause(); // SQLite does not wait by itself when the journal changes
    }
  }

  /// Chooses the journal, unless somebody else keeps the database.
  ///
  /// @param end when patience ends, by [System#nanoTime()]
  private static boolean isJournalChosen(Statement statement, long end) throws SQLException {
    try {
      if (!isJournal(statement, "pragma main.journal_mode = wal", "wal")) {
        statement.execute("pragma main.journal_mode = truncate");
      }
      return true;
    } catch (SQLiteException e) {
      if (NO_SHARED_MEMORY.contains(primary(e))) {
        statement.execute("pragma main.journal_mode = truncate");
        return true;
      }
      if (!KEPT_BY_OTHERS.contains(primary(e)) || System.nanoTime() > end) {
        throw e;
      }
      return false;
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
    layout.writeSchema();
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
    SQLiteErrorCode primary = primary(failure);
    if (primary == SQLiteErrorCode.SQLITE_FULL || isForLackOfSpace(primary)) {
      return new StoreException(new StoreProblem.DiskFull(layout.database()), failure);
    }
    return switch (primary) {
      case SQLITE_BUSY ->
          new StoreException(new StoreProblem.BusyDatabase(layout.database()), failure);
      case SQLITE_READONLY ->
          new StoreException(new StoreProblem.NotWritable(layout.database()), failure);
      case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR -> damaged(failure);
      default ->
          new IOException(
              "store database '%s': %s".formatted(layout.database(), failure.getMessage()),
              failure);
    };
  }

  /// What SQLite says at first of what went wrong: the lowest byte of its result code.
  private static SQLiteErrorCode primary(SQLException failure) {
    return failure instanceof SQLiteException sqlite
        ? SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY)
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /// Only a write that does not fit is called a full disk by SQLite. Where it makes or enlarges a
  /// file beside the database, which it does to read too, it does not say why it could not.
  private boolean isForLackOfSpace(SQLiteErrorCode primary) {
    if (primary != SQLiteErrorCode.SQLITE_IOERR && primary != SQLiteErrorCode.SQLITE_CANTOPEN) {
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
