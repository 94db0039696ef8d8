package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.record.TrailEntry.Place;
import dev.synapse.gmp.record.TrailEntry.SetAside;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import tools.jackson.databind.JsonNode;

/// The audit trail: a file of canonical JSON, one entry a line, each with the hash of the line
/// before. It only grows. One process at a time appends, under a lock on a file beside it; an entry
/// is on the disk before anybody hears of it.
///
/// A process that is killed while it writes leaves the beginning of a line. Nobody was told of that
/// entry. It does no harm to readers, and the next entry is written after the beginning was moved
/// to `trail.torn`, and says so.
public final class Trail {
  /// The name of the file.
  public static final String FILE_NAME = "trail.jsonl";

  /// The name of the newest signed head, beside it.
  public static final String HEAD_NAME = "head.json";

  static final String TORN_NAME = "trail.torn";
  private static final String LOCK_NAME = "trail.lock";

  /// Every so many entries one holds the signed head before it.
  static final long HEAD_EVERY = 1024;

  /// What looks for the last line reads so many bytes at a time.
  private static final int BLOCK = 8192;

  /// Threads of one process exclude each other: a file lock belongs to the whole process.
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final Path folder;
  private final TrailKey key;
  private final long headEvery;

  /// @param folder where the trail lies
  public Trail(Path folder, TrailKey key) {
    this(folder, key, HEAD_EVERY);
  }

  /// @param headEvery how many entries there are for each that holds a signed head
  Trail(Path folder, TrailKey key, long headEvery) {
    this.folder = folder;
    this.key = key;
    this.headEvery = headEvery;
  }

  /// The file.
  public Path file() {
    return folder.resolve(FILE_NAME);
  }

  /// The newest signed head.
  public Path headFile() {
    return folder.resolve(HEAD_NAME);
  }

  /// What the end of the trail says: where it ends, and what follows.
  private record Tip(Place last, String hash, long end) {}

  /// Appends a batch.
  ///
  /// @param body is given the batch's number
  public TrailEntry appendBatch(LongFunction<JsonNode> body) throws IOException, RecordException {
    return append(TrailEntry.Kind.BATCH, body);
  }

  /// Appends what a person decided.
  public TrailEntry appendDecision(JsonNode body) throws IOException, RecordException {
    return append(TrailEntry.Kind.DECISION, _ -> body);
  }

  private TrailEntry append(TrailEntry.Kind kind, LongFunction<JsonNode> body)
      throws IOException, RecordException {
    Files.createDirectories(folder);
    THREADS.lock();
    try (FileChannel lockFile = open(folder.resolve(LOCK_NAME));
        FileLock _ = lockFile.lock();
        FileChannel file = open(file())) {
      return appendLocked(file, kind, body);
    } finally {
      THREADS.unlock();
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private TrailEntry appendLocked(
      FileChannel file, TrailEntry.Kind kind, LongFunction<JsonNode> body)
      throws IOException, RecordException {
    SignKey signer = key.get();
    Tip tip = tip(file);
    Optional<SetAside> aside = setAside(file, tip.end());
    long seq = tip.last().seq() + 1;
    long batches = tip.last().batches() + (kind == TrailEntry.Kind.BATCH ? 1 : 0);
    Optional<TrailHead> head =
        seq % headEvery == 0
            ? Optional.of(TrailHead.sign(tip.last().seq(), tip.hash(), signer))
            : Optional.empty();
    TrailEntry entry =
        new TrailEntry(
            new Place(seq, batches, tip.hash()),
            kind,
            ByteString.of(CanonicalJson.of(body.apply(batches))),
            head,
            aside);
    byte[] line = entry.line().toByteArray();
    write(file, tip.end(), line);
    replace(headFile(), TrailHead.sign(seq, TrailEntry.hash(line), signer).toJson());
    return entry;
  }

  private static void write(FileChannel file, long at, byte[] line) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
    long to = at;
    while (bytes.hasRemaining()) {
      to += file.write(bytes, to);
    }
    file.force(true);
  }

  private void replace(Path file, JsonNode document) throws IOException {
    Path part = Files.createTempFile(folder, String.valueOf(file.getFileName()), ".part");
    Files.write(part, CanonicalJson.bytes(document));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Moves the beginning of a line that was never finished out of the way. It is copied before it
  /// is cut off: killed in between, it is there twice, not never.
  private Optional<SetAside> setAside(FileChannel file, long end) throws IOException {
    long bytes = file.size() - end;
    if (bytes == 0) {
      return Optional.empty();
    }
    byte[] torn = read(file, end, bytes);
    try (FileChannel aside =
            FileChannel.open(
                folder.resolve(TORN_NAME), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        OutputStream out = Channels.newOutputStream(aside)) {
      out.write(torn);
      out.write('\n');
      aside.force(true);
    }
    file.truncate(end);
    file.force(true);
    return Optional.of(new SetAside(bytes, TrailEntry.hash(torn)));
  }

  private Tip tip(FileChannel file) throws IOException, RecordException {
    long end = lineEnd(file, file.size());
    if (end == 0) {
      return new Tip(new Place(0, 0, ""), TrailEntry.NO_PREVIOUS, 0);
    }
    long start = lineEnd(file, end - 1);
    byte[] line = read(file, start, end - 1 - start);
    try {
      return new Tip(TrailEntry.parse(line).place(), TrailEntry.hash(line), end);
    } catch (NotCanonicalException | RecordException e) {
      throw RecordException.malformed(
          "the last entry of '%s'".formatted(file()), String.valueOf(e.getMessage()));
    }
  }

  /// Where the last whole line before `limit` ends; 0 if there is none.
  private static long lineEnd(FileChannel file, long limit) throws IOException {
    long to = limit;
    while (to > 0) {
      long from = Math.max(0, to - BLOCK);
      byte[] block = read(file, from, to - from);
      for (int i = block.length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return from + i + 1;
        }
      }
      to = from;
    }
    return 0;
  }

  private static byte[] read(FileChannel file, long from, long size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("the trail became shorter while it was read");
      }
    }
    return bytes.array();
  }
}
