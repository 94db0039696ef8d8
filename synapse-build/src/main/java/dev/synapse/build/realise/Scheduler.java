package dev.synapse.build.realise;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Does the work of a graph, every node after those it needs, by a fixed number of threads.
///
/// One thread, the caller's, decides: it keeps the nodes that wait for nothing in a queue, hands
/// them to the workers in the order in which they became free, and takes what they did one by one.
/// A node costs one decision for each edge that leaves it. A node that another process works on is
/// put back behind all others, and waited for only when there is nothing else to start.
final class Scheduler {
  /// What the work on a node came to.
  enum Ended {
    /// Those that need it can go on.
    DONE,
    /// Those that need it never will.
    FAILED,
    /// Somebody else works on it; to be tried again.
    BUSY
  }

  /// The work on one node.
  @FunctionalInterface
  interface Work {
    /// Does it.
    ///
    /// @param mayWait whether to wait for somebody else who works on it, instead of ending as
    ///   [Ended#BUSY]
    Ended run(StorePath node, boolean mayWait)
        throws RealiseException, IOException, InterruptedException;
  }

  private record Finished(StorePath node, Ended ended) {}

  private final Map<StorePath, ? extends Set<StorePath>> needs;
  private final boolean keepGoing;
  private final Work work;
  private final Map<StorePath, List<StorePath>> dependants = new HashMap<>();
  private final Map<StorePath, Integer> missing = new HashMap<>();
  private final Deque<StorePath> ready = new ArrayDeque<>();
  private final Deque<StorePath> busy = new ArrayDeque<>();
  private final SortedSet<StorePath> left;
  private int running;
  private boolean stopped;

  /// @param needs of every node the nodes that it needs; those that are no nodes are there already
  /// @param keepGoing whether to start anything after a failure
  Scheduler(Map<StorePath, ? extends Set<StorePath>> needs, boolean keepGoing, Work work) {
    this.needs = needs;
    this.keepGoing = keepGoing;
    this.work = work;
    this.left = new TreeSet<>(needs.keySet());
    needs.forEach(
        (node, needed) -> {
          int count = 0;
          for (StorePath each : needed) {
            if (needs.containsKey(each)) {
              dependants.computeIfAbsent(each, _ -> new ArrayList<>()).add(node);
              count++;
            }
          }
          missing.put(node, count);
          if (count == 0) {
            ready.add(node);
          }
        });
  }

  /// Works until nothing can be started any more and all that was started has ended.
  ///
  /// @param workers how many threads work
  /// @return the nodes that were not started
  /// @throws InterruptedException when interrupted, or when work was; all other work has been
  ///   interrupted then and has ended, as it has after every other exception
  SortedSet<StorePath> run(int workers) throws RealiseException, IOException, InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(workers, needs.size())),
            Thread.ofPlatform().daemon().name("realise-", 1).factory());
    try {
      var completed = new ExecutorCompletionService<Finished>(threads);
      start(completed, workers);
      while (running > 0) {
        Finished finished = result(completed.take());
        running--;
        note(finished);
        start(completed, workers);
      }
      return left;
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  private void start(ExecutorCompletionService<Finished> threads, int workers) {
    while (running < workers && !stopped) {
      boolean mayWait = ready.isEmpty();
      StorePath node = mayWait ? busy.poll() : ready.poll();
      if (node == null) {
        return;
      }
      running++;
      left.remove(node);
      var _ = threads.submit(() -> new Finished(node, work.run(node, mayWait)));
    }
  }

  private void note(Finished finished) {
    StorePath node = finished.node();
    switch (finished.ended()) {
      case DONE -> {
        for (StorePath dependant : dependants.getOrDefault(node, List.of())) {
          if (missing.merge(dependant, -1, Integer::sum) == 0) {
            ready.add(dependant);
          }
        }
      }
      case FAILED -> stopped |= !keepGoing;
      case BUSY -> {
        left.add(node);
        busy.add(node);
      }
    }
  }

  private static Finished result(Future<Finished> ended)
      throws RealiseException, IOException, InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RealiseException cause -> throw cause;
        case IOException cause -> throw cause;
        case InterruptedException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// Whoever is interrupted again meanwhile still waits: nothing may run on unseen.
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
