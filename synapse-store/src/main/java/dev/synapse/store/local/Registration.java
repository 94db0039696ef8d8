package dev.synapse.store.local;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.derivation.DerivationProblem;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes paths valid, several at once: all rows first, so that they may refer to each other, then
/// the references, then the checks. One transaction, so that any failure leaves nothing.
final class Registration {
  private static final int SUFFIX_LENGTH = ".drv".length();

  private final StoreLayout layout;
  private final Database database;
  private final DerivationHasher hasher = new DerivationHasher(this::readValid);

  Registration(StoreLayout layout, Database database) {
    this.layout = layout;
    this.database = database;
  }

  void register(Collection<PathInfo> infos) throws IOException {
    for (PathInfo info : infos) {
      checkAddress(info);
    }
    checkCycles(infos);
    database.write(
        () -> {
          Map<StorePath, Long> numbers = new HashMap<>();
          for (PathInfo info : infos) {
            numbers.put(info.path(), database.put(info));
          }
          for (PathInfo info : infos) {
            putReferences(info, numbers);
          }
          for (PathInfo info : infos) {
            if (info.path().isDerivation()) {
              putOutputs(info.path(), numbers.getOrDefault(info.path(), 0L));
            }
          }
          return true;
        });
  }

  private static void checkAddress(PathInfo info) throws StoreException {
    if (info.contentAddress().isPresent() && !info.followsFromAddress()) {
      throw new StoreException(
          new StoreProblem.WrongAddress(info.path(), info.contentAddress().get()));
    }
  }

  /// Takes away, again and again, what refers to nothing left; what stays is or leads to a circle.
  private static void checkCycles(Collection<PathInfo> infos) throws StoreException {
    Map<StorePath, Set<StorePath>> left = new TreeMap<>();
    for (PathInfo info : infos) {
      left.put(info.path(), new TreeSet<>(info.references()));
    }
    Map<StorePath, List<StorePath>> referrers = new HashMap<>();
    for (Map.Entry<StorePath, Set<StorePath>> each : left.entrySet()) {
      each.getValue().remove(each.getKey());
      each.getValue().retainAll(left.keySet());
      for (StorePath reference : each.getValue()) {
        referrers.computeIfAbsent(reference, _ -> new ArrayList<>()).add(each.getKey());
      }
    }
    List<StorePath> free =
        new ArrayList<>(left.keySet().stream().filter(path -> isFree(left, path)).toList());
    while (!free.isEmpty()) {
      StorePath path = free.removeLast();
      left.remove(path);
      for (StorePath referrer : referrers.getOrDefault(path, List.of())) {
        Set<StorePath> waiting = left.getOrDefault(referrer, Set.of());
        waiting.remove(path);
        if (waiting.isEmpty()) {
          free.add(referrer);
        }
      }
    }
    if (!left.isEmpty()) {
      throw new StoreException(new StoreProblem.ReferenceCycle(cycle(left)));
    }
  }

  private static boolean isFree(Map<StorePath, Set<StorePath>> left, StorePath path) {
    return left.getOrDefault(path, Set.of()).isEmpty();
  }

  private static List<StorePath> cycle(Map<StorePath, Set<StorePath>> left) {
    Set<StorePath> visited = new LinkedHashSet<>();
    StorePath at = left.keySet().iterator().next();
    while (visited.add(at)) {
      at = left.getOrDefault(at, Set.of()).iterator().next();
    }
    List<StorePath> all = new ArrayList<>(visited);
    List<StorePath> circle = new ArrayList<>(all.subList(all.indexOf(at), all.size()));
    circle.add(at);
    return circle;
  }

  private void putReferences(PathInfo info, Map<StorePath, Long> numbers)
      throws SQLException, IOException {
    for (StorePath reference : info.references()) {
      Long number = numbers.get(reference);
      if (number == null) {
        number =
            database
                .idOf(reference)
                .orElseThrow(
                    () ->
                        new StoreException(
                            new StoreProblem.InvalidReference(info.path(), reference)));
      }
      database.putReference(numbers.getOrDefault(info.path(), 0L), number);
    }
  }

  private void putOutputs(StorePath path, long number) throws SQLException, IOException {
    try {
      Derivation derivation = read(path);
      derivation.check(hasher);
      for (Map.Entry<String, StorePath> output : derivation.outputPaths().entrySet()) {
        database.putOutput(number, output.getKey(), output.getValue());
      }
    } catch (DerivationException e) {
      throw new StoreException(new StoreProblem.BadDerivation(path, e.problem().message()), e);
    }
  }

  Derivation readValid(StorePath path) throws IOException, DerivationException {
    if (!database.isValid(path)) {
      throw new DerivationException(new DerivationProblem.Missing(path));
    }
    return read(path);
  }

  private Derivation read(StorePath path) throws IOException, DerivationException {
    String name = path.name();
    return Derivation.parse(
        Files.readAllBytes(layout.object(path)), name.substring(0, name.length() - SUFFIX_LENGTH));
  }
}
