package dev.synapse.store.nar;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hashes what is written to it. What does not fit into one buffer is hashed by a thread of its
/// own, so that whoever writes can read on meanwhile. Must be closed, or that thread stays. Large
/// files are read faster than they are hashed and small ones slower: what was read ahead of the
/// hashing makes up for that.
public final class NarHasher extends OutputStream {
  private static final int BUFFER = 1 << 18;
  private static final int BUFFERS = 16;

  /// So many buffers are given back at once, so that whoever waits for one is not woken for each.
  private static final int TOGETHER = BUFFERS / 4;

  /// About a millisecond.
  private static final int TRIES = 2000;

  private final HashAlgorithm algorithm;
  private final Supplier<MessageDigest> bulk;
  private MessageDigest digest;

  /// What ended the thread too soon: without it there would be a hash, and a wrong one.
  private volatile @Nullable Throwable failure;

  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS);
  private final BlockingQueue<ByteBuffer> full = new ArrayBlockingQueue<>(BUFFERS + 2);

  /// What the thread has hashed and not given back yet.
  private final List<ByteBuffer> done = new ArrayList<>();

  private final Thread thread = Thread.ofPlatform().daemon().name("nar-hash").unstarted(this::run);

  /// The first lies in the heap; those of much data outside of it, where OpenSSL reads them.
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  private int made;
  private long size;

  /// Hashes with SHA-256.
  public NarHasher() {
    this(HashAlgorithm.SHA256);
  }

  /// Hashes with `algorithm`.
  public NarHasher(HashAlgorithm algorithm) {
    this(algorithm, algorithm::newBulkDigest);
  }

  /// @param bulk gives what hashes that which does not fit into one buffer
  NarHasher(HashAlgorithm algorithm, Supplier<MessageDigest> bulk) {
    this.algorithm = algorithm;
    this.bulk = bulk;
    this.digest = algorithm.newDigest();
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    size += length;
    int at = from;
    int left = length;
    while (left > 0) {
      if (!buffer.hasRemaining()) {
        handOver();
      }
      int part = Math.min(left, buffer.remaining());
      buffer.put(bytes, at, part);
      at += part;
      left -= part;
    }
  }

  /// Hashes the next `length` bytes of `file`, which refuses to end before them.
  void readAll(ReadableByteChannel file, long length) throws IOException {
    size += length;
    long left = length;
    while (left > 0) {
      if (!buffer.hasRemaining()) {
        handOver();
      }
      int limit = buffer.limit();
      buffer.limit((int) Math.min(limit, buffer.position() + left));
      left -= file.read(buffer);
      buffer.limit(limit);
    }
  }

  /// The hash and the number of all bytes. Nothing can be written afterwards.
  public NarHash finish() throws IOException {
    close();
    if (failure != null) {
      throw new IllegalStateException("hashing failed", failure);
    }
    digest.update(buffer.flip());
    buffer.clear();
    return new NarHash(Hash.ofDigest(algorithm, digest.digest()), size);
  }

  /// Ends the thread. Without [#finish()] there is no hash.
  @Override
  public void close() throws IOException {
    if (thread.isAlive()) {
      try {
        full.put(ByteBuffer.allocate(0));
        thread.join();
      } catch (InterruptedException _) {
        throw interrupted();
      }
    }
  }

  private void handOver() throws IOException {
    try {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
      full.put(buffer.flip());
      if (made < BUFFERS) {
        made++;
        buffer = ByteBuffer.allocateDirect(BUFFER);
      } else {
        buffer = free.take();
      }
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  /// Waits awake at first: where processors share no cache Linux wakes a thread on the processor of
  /// the one that wakes it, and then both run on one.
  @SuppressWarnings(
      "ThreadPriorityCheck") // nothing depends on who runs next, only how soon it ends
  private ByteBuffer next() throws InterruptedException {
    for (int tries = 0; tries < TRIES; tries++) {
      ByteBuffer piece = full.poll();
      if (piece != null) {
        return piece;
      }
      giveBack(); // whoever writes may be waiting for these
      Thread.yield();
    }
    return full.take();
  }

  /// The thread is told to end, for nobody will hand it more.
  private InterruptedIOException interrupted() {
    thread.interrupt();
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while hashing");
  }

  private void run() {
    try {
      try {
        digest = bulk.get();
        for (ByteBuffer piece = next(); piece.hasRemaining(); piece = next()) {
          digest.update(piece);
          done(piece);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
        // Whoever writes goes on to the end, and hears of it there.
        for (ByteBuffer piece = next(); piece.hasRemaining(); piece = next()) {
          done(piece);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void done(ByteBuffer piece) {
    if (piece.isDirect()) {
      done.add(piece.clear());
      if (done.size() == TOGETHER) {
        giveBack();
      }
    }
  }

  private void giveBack() {
    free.addAll(done);
    done.clear();
  }
}
