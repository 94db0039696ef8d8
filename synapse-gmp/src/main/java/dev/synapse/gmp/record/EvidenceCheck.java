package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.sign.SignException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Checks what the entries of a trail stand on: that the result of each batch, and its lock, are
/// there and are what was recorded, and that each decision is signed and about a batch before it.
/// What many batches share is read once.
final class EvidenceCheck {
  private final BatchStore store;
  private final Set<String> documents = new HashSet<>();
  private final Set<String> batches = new HashSet<>();

  EvidenceCheck(BatchStore store) {
    this.store = store;
  }

  void require(TrailEntry entry) throws IOException, RecordException {
    switch (entry.kind()) {
      case BATCH -> batch(entry);
      case DECISION -> decision(Decision.parseSigned(entry.fields()));
    }
  }

  private void batch(TrailEntry entry) throws IOException, RecordException {
    Members body = members(entry);
    String id = body.text("id");
    String result = body.text("result");
    if (!isIdOf(entry, result, id)) {
      throw RecordException.malformed("the batch", "its id is '%s'".formatted(id));
    }
    batches.add(id);
    if (documents.add(result)) {
      BatchResult read = BatchResult.parse(store.document(result, "the result of " + id));
      Optional<String> lock = read.subject().lock();
      if (lock.isPresent() && documents.add(lock.get())) {
        store.document(lock.get(), "the lock of " + id);
      }
    }
  }

  private static boolean isIdOf(TrailEntry entry, String result, String id) {
    return CompoundId.parse(id)
        .filter(read -> read.type().equals(BatchStore.TYPE))
        .filter(read -> read.sequence() == entry.place().batches())
        .filter(read -> result.startsWith(read.hash()))
        .isPresent();
  }

  private static Members members(TrailEntry entry) throws RecordException {
    try {
      return new Members("the batch", CanonicalJson.members(entry.body().toByteArray()));
    } catch (NotCanonicalException e) {
      throw RecordException.malformed("the batch", String.valueOf(e.getMessage()));
    }
  }

  private void decision(Decision.Signed signed) throws RecordException {
    String id = signed.decision().batch().toString();
    if (!batches.contains(id)) {
      throw new RecordException(new RecordProblem.Unknown(id));
    }
    try {
      signed.verify();
    } catch (SignException e) {
      throw RecordException.malformed("the decision", e.problem().message());
    }
  }
}
