package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SshSignature;
import dev.synapse.gmp.sign.VerifyKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Batch records below a store's folder: `synapse/batches` holds the trail, and a file for each
/// result and each lock, named by its SHA-256. What is the same is there once.
public final class BatchStore {
  static final String TYPE = "batch";
  private static final String DOCUMENTS = "documents";

  private final Path folder;
  private final TrailKey key;
  private final Trail trail;

  private BatchStore(Path folder, TrailKey key) {
    this.folder = folder;
    this.key = key;
    this.trail = new Trail(folder, key);
  }

  /// The records below `storeFolder`. Nothing is made before the first batch.
  public static BatchStore in(Path storeFolder) {
    Path synapse = storeFolder.resolve("synapse");
    return new BatchStore(synapse.resolve("batches"), new TrailKey(synapse.resolve("keys")));
  }

  /// The trail.
  public Trail trail() {
    return trail;
  }

  /// The key that signs the trail's heads.
  public TrailKey key() {
    return key;
  }

  /// Records a batch. Its result is on the disk before the trail names it.
  ///
  /// @return its id
  public CompoundId append(BatchResult result, BatchEvent event)
      throws IOException, RecordException {
    String text = result.toJson();
    String hash = keep(text.getBytes(StandardCharsets.UTF_8));
    BatchRecord.Label label = BatchRecord.Label.of(result);
    TrailEntry entry =
        trail.appendBatch(
            number -> {
              CompoundId id = CompoundId.of(TYPE, number, text);
              return CanonicalJson.node(BatchRecord.body(id, label, hash, event));
            });
    return CompoundId.of(TYPE, entry.place().batches(), text);
  }

  /// Keeps a document, such as a lock, and answers its SHA-256 in hexadecimal.
  public String keep(byte[] bytes) throws IOException {
    String hash = TrailEntry.hash(bytes);
    Path file = document(hash);
    if (Files.exists(file)) {
      return hash;
    }
    Path documents = folder.resolve(DOCUMENTS);
    Files.createDirectories(documents);
    Path part = Files.createTempFile(documents, hash, ".part");
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(documents)) {
      directory.force(true);
    }
    return hash;
  }

  private Path document(String hash) {
    return folder.resolve(DOCUMENTS).resolve(hash + ".json");
  }

  /// A document that was kept, checked against its hash.
  public byte[] document(String hash, String what) throws IOException, RecordException {
    Path file = document(hash);
    if (!hash.matches("[0-9a-f]{64}") || !Files.exists(file)) {
      throw RecordException.malformed(what, "'%s' is not there".formatted(file));
    }
    byte[] bytes = Files.readAllBytes(file);
    if (!TrailEntry.hash(bytes).equals(hash)) {
      throw RecordException.malformed(what, "'%s' is not what was recorded".formatted(file));
    }
    return bytes;
  }

  /// The lock that a batch was made from, as a file that is what was recorded.
  public Optional<Path> lockFile(BatchResult result) throws IOException, RecordException {
    if (result.subject().lock().isEmpty()) {
      return Optional.empty();
    }
    String hash = result.subject().lock().get();
    document(hash, "the lock");
    return Optional.of(document(hash));
  }

  /// The result of a batch.
  public BatchResult result(BatchRecord batch) throws IOException, RecordException {
    return BatchResult.parse(document(batch.result(), "the result of " + batch.id()));
  }

  /// Every batch and where it stands.
  ///
  /// @throws RecordException if the trail is broken
  public BatchLedger ledger() throws IOException, RecordException {
    BatchLedger ledger = new BatchLedger();
    TrailCheck check = new TrailCheck(trail.file(), Set.of());
    check.run(ledger::add);
    check.requireSound();
    return ledger;
  }

  /// Records what a person decided.
  ///
  /// @param signers who may decide
  public void decide(Decision.Signed signed, AllowedSigners signers)
      throws IOException, RecordException, SignException {
    Decision decision = signed.decision();
    SshSignature.verifyAs(
        decision.by(),
        decision.message(),
        signed.signature(),
        SshSignature.NAMESPACE,
        signers,
        decision.at());
    requireAllowed(ledger().require(decision.batch().toString()), decision);
    trail.appendDecision(CanonicalJson.node(signed.toJson()));
  }

  private static void requireAllowed(BatchRecord batch, Decision decision) throws RecordException {
    String id = batch.id().toString();
    if (!batch.result().equals(decision.result())) {
      throw notAllowed(id, "has another result than the one that was signed");
    }
    if (decision.verb() == Decision.Verb.RELEASE) {
      if (batch.event().actor().equals(decision.by())) {
        throw notAllowed(
            id, "was built by '%s': another person releases it".formatted(decision.by()));
      }
      if (Standing.of(batch.event().judged().disposition(), false) == Standing.REJECTED) {
        throw notAllowed(id, "was rejected at its gate: no person releases it");
      }
    }
  }

  private static RecordException notAllowed(String batch, String reason) {
    return new RecordException(new RecordProblem.NotAllowed(batch, reason));
  }

  /// Checks the trail, every decision's signature, every document, and that the trail holds what
  /// the newest head and `heads` say.
  ///
  /// @param trusted the keys that may sign heads; if none is given, this store's own
  public TrailVerdict verify(Collection<TrailHead> heads, Collection<VerifyKey> trusted)
      throws IOException, RecordException {
    Set<VerifyKey> keys = new HashSet<>(trusted);
    if (keys.isEmpty()) {
      key.verifyKey().ifPresent(keys::add);
    }
    TrailCheck check = new TrailCheck(trail.file(), keys);
    heads.forEach(check::expect);
    if (Files.exists(trail.headFile())) {
      check.expect(TrailHead.read(trail.headFile()));
    }
    EvidenceCheck evidence = new EvidenceCheck(this);
    check.run(evidence::require);
    return check.verdict();
  }
}
