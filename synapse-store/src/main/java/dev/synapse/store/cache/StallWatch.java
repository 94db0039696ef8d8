package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// Ends streams that bring next to nothing for too long. What counts is the time that somebody
/// waits in `read`: a reader that is slow itself is no stall. One thread looks at all streams.
final class StallWatch implements AutoCloseable {
  /// Fewer bytes in the whole time are as good as none: else one byte now and then would do.
  private static final int NEXT_TO_NOTHING = 1024;

  private static final int LOOKS_PER_LIMIT = 8;

  private final long limit;
  private final Set<Guarded> streams = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  StallWatch(Duration limit) {
    this.limit = limit.toNanos();
    this.thread = Thread.ofVirtual().name("cache-stalls").unstarted(this::run);
  }

  /// The same stream, which fails with `stalled` when it stalls and with `broken` when it breaks.
  InputStream guard(
      InputStream in,
      Supplier<CacheException> stalled,
      Function<IOException, CacheException> broken) {
    synchronized (thread) {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
    }
    Guarded guarded = new Guarded(in, stalled, broken);
    streams.add(guarded);
    return guarded;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(Duration.ofNanos(Math.max(1, limit / LOOKS_PER_LIMIT)));
        long now = System.nanoTime();
        streams.forEach(each -> each.look(now));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private final class Guarded extends BulkFilterStream {
    private final Supplier<CacheException> stalled;
    private final Function<IOException, CacheException> broken;
    private final ReentrantLock lock = new ReentrantLock();
    private long waited;
    private long brought;
    private long since;
    private boolean reading;
    private boolean ended;

    Guarded(
        InputStream in,
        Supplier<CacheException> stalled,
        Function<IOException, CacheException> broken) {
      super(in);
      this.stalled = stalled;
      this.broken = broken;
    }

    void look(long now) {
      lock.lock();
      try {
        if (reading && waited + (now - since) >= limit && brought < NEXT_TO_NOTHING) {
          ended = true;
        }
      } finally {
        lock.unlock();
      }
      if (ended) {
        streams.remove(this);
        try {
          in.close(); // wakes the reader
        } catch (IOException _) {
          // the reader hears of the stall anyhow
        }
      }
    }

    private void begin() {
      lock.lock();
      try {
        since = System.nanoTime();
        reading = true;
      } finally {
        lock.unlock();
      }
    }

    private void end(int read) throws CacheException {
      lock.lock();
      try {
        reading = false;
        waited += System.nanoTime() - since;
        brought += Math.max(0, read);
        if (brought >= NEXT_TO_NOTHING) {
          waited = 0;
          brought = 0;
        }
        if (ended) {
          throw stalled.get();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      begin();
      int read;
      try {
        read = in.read(bytes, from, length);
      } catch (IOException e) {
        end(0);
        throw broken.apply(e);
      }
      end(read);
      return read;
    }

    @Override
    public void close() throws IOException {
      streams.remove(this);
      super.close();
    }
  }
}
