package dev.synapse.gmp.record;

import dev.synapse.store.path.StorePath;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Every batch of a trail and where it stands. What a person decided about a result stands for
/// every batch with that result, and what a person rejected, result or output, only a person
/// releases: to build it again, or to judge it by another policy, does not.
public final class BatchLedger {
  private final Map<String, BatchRecord> batches = new LinkedHashMap<>();
  private final Map<StorePath, CompoundId> newest = new HashMap<>();
  private final Set<String> releasedResults = new HashSet<>();
  private final Set<StorePath> rejectedOutputs = new HashSet<>();

  BatchLedger() {}

  void add(TrailEntry entry) throws RecordException {
    switch (entry.kind()) {
      case BATCH -> add(BatchRecord.parse(entry.fields()));
      case DECISION -> decide(Decision.parseSigned(entry.fields()));
    }
  }

  private void add(BatchRecord batch) {
    batches.put(batch.id().toString(), batch.with(standing(batch)));
    batch.label().outputs().values().forEach(path -> newest.put(path, batch.id()));
  }

  private Standing standing(BatchRecord batch) {
    if (batch.label().outputs().values().stream().anyMatch(rejectedOutputs::contains)) {
      return Standing.REJECTED;
    }
    return batch.standing() == Standing.QUARANTINED && releasedResults.contains(batch.result())
        ? afterRelease(batch)
        : batch.standing();
  }

  private static Standing afterRelease(BatchRecord batch) {
    return Standing.of(batch.event().judged().disposition(), false);
  }

  private void decide(Decision.Signed signed) throws RecordException {
    Decision decision = signed.decision();
    BatchRecord batch = require(decision.batch().toString());
    Collection<StorePath> outputs = batch.label().outputs().values();
    switch (decision.verb()) {
      case RELEASE -> {
        rejectedOutputs.removeAll(outputs);
        releasedResults.add(batch.result());
        batches.put(batch.id().toString(), batch.with(signed, afterRelease(batch)));
      }
      case REJECT -> {
        rejectedOutputs.addAll(outputs);
        releasedResults.remove(batch.result());
        batches.put(batch.id().toString(), batch.with(signed, Standing.REJECTED));
      }
    }
  }

  /// Every batch, first to last.
  public List<BatchRecord> all() {
    return List.copyOf(batches.values());
  }

  /// The batch with that id.
  public BatchRecord require(String id) throws RecordException {
    BatchRecord batch = batches.get(id);
    if (batch == null) {
      throw new RecordException(new RecordProblem.Unknown(id));
    }
    return batch;
  }

  /// The newest batch that made `path`; empty if none did.
  public Optional<BatchRecord> newestOf(StorePath path) {
    return Optional.ofNullable(newest.get(path)).map(id -> batches.get(id.toString()));
  }

  /// The first of `paths` that may not leave this machine, with the batch that says so.
  public Optional<Withheld> withheld(Collection<StorePath> paths) {
    return paths.stream()
        .flatMap(
            path ->
                newestOf(path)
                    .filter(batch -> !standing(path, batch).released())
                    .map(batch -> new Withheld(path, batch.id(), standing(path, batch)))
                    .stream())
        .findFirst();
  }

  private Standing standing(StorePath path, BatchRecord batch) {
    return rejectedOutputs.contains(path) ? Standing.REJECTED : batch.standing();
  }

  /// An output that is not released.
  public record Withheld(StorePath path, CompoundId batch, Standing standing) {}
}
