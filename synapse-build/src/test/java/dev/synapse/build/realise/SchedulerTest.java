package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.realise.Scheduler.Ended;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SchedulerTest {
  private final List<StorePath> done = Collections.synchronizedList(new ArrayList<>());

  private static StorePath node(int number) {
    String name = "n" + number;
    return StoreDirectory.NIX.textPath(
        name, Hash.of(HashAlgorithm.SHA256, name.getBytes(StandardCharsets.UTF_8)), Set.of());
  }

  private static Map<StorePath, Set<StorePath>> chain(int length) {
    Map<StorePath, Set<StorePath>> chain = new TreeMap<>();
    for (int i = 0; i < length; i++) {
      chain.put(node(i), i == 0 ? Set.of() : Set.of(node(i - 1)));
    }
    return chain;
  }

  private Ended doneWith(StorePath node) {
    done.add(node);
    return Ended.DONE;
  }

  @Test
  void everyNodeComesOnceAndAfterThoseItNeeds() throws Exception {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new Random(seed);
      Map<StorePath, Set<StorePath>> needs = new TreeMap<>();
      for (int i = 0; i < 60; i++) {
        Set<StorePath> needed = new TreeSet<>();
        for (int left = random.nextInt(4); left > 0 && i > 0; left--) {
          needed.add(node(random.nextInt(i)));
        }
        needs.put(node(i), needed);
      }
      done.clear();

      SortedSet<StorePath> left =
          new Scheduler(needs, false, (node, _) -> doneWith(node)).run(1 + random.nextInt(4));

      assertThat(left).as("seed " + seed).isEmpty();
      assertThat(done).containsExactlyInAnyOrderElementsOf(needs.keySet());
      needs.forEach(
          (node, needed) ->
              needed.forEach(
                  each -> assertThat(done.indexOf(each)).isLessThan(done.indexOf(node))));
    }
  }

  @Test
  void asManyWorkAtATimeAsThereAreWorkersAndNoMore() throws Exception {
    Map<StorePath, Set<StorePath>> needs = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      needs.put(node(i), Set.of());
    }
    var together = new CyclicBarrier(3); // never passed with fewer than three
    var running = new AtomicInteger();
    var most = new AtomicInteger();

    SortedSet<StorePath> left =
        new Scheduler(
                needs,
                false,
                (node, _) -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  try {
                    together.await(30, TimeUnit.SECONDS);
                  } catch (java.util.concurrent.BrokenBarrierException
                      | java.util.concurrent.TimeoutException e) {
                    throw new IOException(e);
                  }
                  running.decrementAndGet();
                  return doneWith(node);
                })
            .run(3);

    assertThat(left).isEmpty();
    assertThat(most).hasValue(3);
  }

  @Test
  void nothingNewIsStartedAfterAFailure() throws Exception {
    Map<StorePath, Set<StorePath>> needs = chain(3);
    needs.put(node(10), Set.of());
    StorePath first =
        new Scheduler(needs, true, (node, _) -> doneWith(node)).run(1).isEmpty()
            ? done.getFirst()
            : node(0);
    done.clear();

    SortedSet<StorePath> left =
        new Scheduler(
                needs,
                false,
                (node, _) -> {
                  done.add(node);
                  return Ended.FAILED;
                })
            .run(1);

    assertThat(done).containsExactly(first);
    assertThat(left).hasSize(3).doesNotContain(first);
  }

  @Test
  void onlyWhatNeedsTheFailedIsLeftWhenItKeepsGoing() throws Exception {
    Map<StorePath, Set<StorePath>> needs = chain(4);
    needs.put(node(10), Set.of());
    needs.put(node(11), Set.of(node(10), node(0)));

    SortedSet<StorePath> left =
        new Scheduler(
                needs, true, (node, _) -> node.equals(node(1)) ? Ended.FAILED : doneWith(node))
            .run(2);

    assertThat(left).containsExactlyInAnyOrder(node(2), node(3));
    assertThat(done).containsExactlyInAnyOrder(node(0), node(10), node(11));
  }

  @Test
  void whatSomebodyElseWorksOnComesAfterAllOthers() throws Exception {
    Map<StorePath, Set<StorePath>> needs = new TreeMap<>();
    for (int i = 0; i < 5; i++) {
      needs.put(node(i), Set.of());
    }
    StorePath taken = needs.keySet().iterator().next();

    SortedSet<StorePath> left =
        new Scheduler(
                needs,
                false,
                (node, mayWait) -> node.equals(taken) && !mayWait ? Ended.BUSY : doneWith(node))
            .run(1);

    assertThat(left).isEmpty();
    assertThat(done).hasSize(5).endsWith(taken);
  }

  @Test
  void anExceptionEndsAllOtherWork() {
    var started = new CountDownLatch(1);
    var ended = new AtomicInteger();
    Map<StorePath, Set<StorePath>> needs = new TreeMap<>();
    needs.put(node(0), Set.of());
    needs.put(node(1), Set.of());

    assertThatThrownBy(
            () ->
                new Scheduler(
                        needs,
                        true,
                        (node, _) -> {
                          if (node.equals(node(0))) {
                            started.await();
                            throw new RealiseException("bad");
                          }
                          started.countDown();
                          try {
                            new CountDownLatch(1).await();
                          } finally {
                            ended.incrementAndGet();
                          }
                          return Ended.DONE;
                        })
                    .run(2))
        .isInstanceOf(RealiseException.class)
        .hasMessage("bad");
    assertThat(ended).as("the other one was interrupted and waited for").hasValue(1);
  }
}
