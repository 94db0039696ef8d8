package dev.synapse.store.nar;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Hashes what is written to it. What does not fit into one buffer is hashed by a thread of its
/// own, so that whoever writes can read on meanwhile. Must be closed, or that thread stays.
public final class NarHasher extends OutputStream {
  private static final int BUFFER = 1 << 18;
  private static final int BUFFERS = 4;

  /// A buffer and how much of it counts; none counts at the end.
  private static final class Piece {
    private final byte[] bytes;
    private final int length;

    Piece(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }
  }

  private final HashAlgorithm algorithm;
  private MessageDigest digest;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
  private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(BUFFERS + 1);
  private final Thread thread = Thread.ofPlatform().daemon().name("nar-hash").unstarted(this::run);

  private byte[] buffer = new byte[BUFFER];
  private int filled;
  private int made = 1;
  private long size;

  /// Hashes with SHA-256.
  public NarHasher() {
    this(HashAlgorithm.SHA256);
  }

  /// Hashes with `algorithm`.
  public NarHasher(HashAlgorithm algorithm) {
    this.algorithm = algorithm;
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
      if (filled == BUFFER) {
        handOver();
      }
      int part = Math.min(left, BUFFER - filled);
      System.arraycopy(bytes, at, buffer, filled, part);
      filled += part;
      at += part;
      left -= part;
    }
  }

  /// The hash and the number of all bytes. Nothing can be written afterwards.
  public NarHash finish() throws IOException {
    close();
    digest.update(buffer, 0, filled);
    filled = 0;
    return new NarHash(Hash.ofDigest(algorithm, digest.digest()), size);
  }

  /// Ends the thread. Without [#finish()] there is no hash.
  @Override
  public void close() throws IOException {
    if (thread.isAlive()) {
      try {
        full.put(new Piece(buffer, 0));
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
      full.put(new Piece(buffer, filled));
      if (made < BUFFERS) {
        made++;
        buffer = new byte[BUFFER];
      } else {
        buffer = free.take();
      }
      filled = 0;
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  /// The thread is told to end, for nobody will hand it more.
  private InterruptedIOException interrupted() {
    thread.interrupt();
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while hashing");
  }

  private void run() {
    digest = algorithm.newBulkDigest();
    try {
      for (Piece piece = full.take(); piece.length > 0; piece = full.take()) {
        digest.update(piece.bytes, 0, piece.length);
        free.put(piece.bytes);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
