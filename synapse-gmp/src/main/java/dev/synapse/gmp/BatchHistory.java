package dev.synapse.gmp;

import dev.synapse.gmp.output.ResultReader;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.RecordException;
import dev.synapse.gmp.record.Standing;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Earlier judgements of a package, as the records of a store have them. What was built of the same
/// derivation counts once, by its newest record: to judge it again makes no history.
public final class BatchHistory {
  private final BatchStore store;
  private final List<BatchRecord> batches;
  private final List<BatchRecord> earlier;

  private BatchHistory(BatchStore store, List<BatchRecord> batches, List<BatchRecord> earlier) {
    this.store = store;
    this.batches = batches;
    this.earlier = earlier;
  }

  /// The records of a package.
  ///
  /// @param name of the package
  /// @param judged the derivation that is judged now, which is no history of its own
  /// @throws RecordException if the trail is broken
  /// @throws IOException if it cannot be read
  public static BatchHistory of(BatchStore store, String name, StorePath judged)
      throws RecordException, IOException {
    List<BatchRecord> batches =
        store.ledger().all().stream().filter(each -> each.label().name().equals(name)).toList();
    Map<StorePath, BatchRecord> newest = new LinkedHashMap<>();
    for (BatchRecord batch : batches) {
      StorePath derivation = batch.label().derivation();
      newest.remove(derivation); // so that it stands where its newest record does
      newest.put(derivation, batch);
    }
    newest.remove(judged);
    return new BatchHistory(store, batches, List.copyOf(newest.values()));
  }

  /// All of them, the oldest first.
  public List<PastRecord> all() throws RecordException, IOException {
    List<PastRecord> records = new ArrayList<>();
    for (BatchRecord batch : earlier) {
      past(batch).ifPresent(records::add);
    }
    return records;
  }

  /// The newest record of a commit, also one of the derivation that is judged; empty when there is
  /// none.
  public Optional<PastRecord> of(String commit) throws RecordException, IOException {
    for (BatchRecord batch : batches.reversed()) {
      if (batch.event().revision().filter(commit::equals).isPresent()) {
        return past(batch);
      }
    }
    return Optional.empty();
  }

  /// The newest record that is not rejected: what is worse than it has got worse.
  public Optional<PastRecord> before() throws RecordException, IOException {
    for (BatchRecord batch : earlier.reversed()) {
      if (batch.standing() != Standing.REJECTED) {
        return past(batch);
      }
    }
    return Optional.empty();
  }

  private Optional<PastRecord> past(BatchRecord batch) throws RecordException, IOException {
    return ResultReader.of(
        store.result(batch).gate(), batch.event().revision(), batch.id().toString());
  }
}
