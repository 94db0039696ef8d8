package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Takes roots from other processes while a collection runs: each sends lines `PATH` and is
/// answered `1` when the path is safe, or gone. Who asks for a path that is just being deleted
/// waits until that is done, and then finds it not valid.
///
/// A digest stands for all that starts with it, such as the lock of a path.
final class RootServer implements AutoCloseable {
  private static final int EVERYONE = 0666;

  private final ServerSocketChannel server;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private final ReentrantLock turn = new ReentrantLock();
  private final Condition deleted = turn.newCondition();
  private final Set<String> digests = new HashSet<>();
  private final Set<String> pending = new HashSet<>();

  private RootServer(ServerSocketChannel server) {
    this.server = server;
  }

  /// Starts to listen. The caller holds the lock of collectors. The socket is put in place by a
  /// rename, so that where one of an earlier collection is, nobody finds none.
  static RootServer start(StoreLayout layout) throws IOException {
    Path socket = layout.collectorSocket();
    Files.createDirectories(socket.getParent());
    Path unfinished = socket.resolveSibling("new");
    Files.deleteIfExists(unfinished);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean listening = false;
    try (SocketPlace place = new SocketPlace(unfinished)) {
      server.bind(place.address());
      SystemCalls.changeMode(unfinished, EVERYONE);
      Files.move(unfinished, socket, StandardCopyOption.ATOMIC_MOVE);
      listening = true;
    } finally {
      if (!listening) {
        server.close();
      }
    }
    RootServer started = new RootServer(server);
    Thread.ofVirtual().name("gc-roots").start(started::accept);
    return started;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        clients.add(client);
        Thread.ofVirtual().name("gc-root").start(() -> serve(client));
      }
    } catch (IOException _) {
      return; // closed: the collection is over
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader lines =
            new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
        ByteBuffer answer = ByteBuffer.wrap(new byte[] {'1'});
        while (answer.hasRemaining()) {
          client.write(answer);
        }
      }
    } catch (IOException _) {
      // the other process is gone, or the collection is over
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
    }
  }

  private void take(String line) throws InterruptedException {
    String digest;
    try {
      digest = StorePath.parse(line).digest();
    } catch (StorePathException _) {
      return; // answered too, as Nix does
    }
    turn.lockInterruptibly();
    try {
      digests.add(digest);
      while (pending.contains(digest)) {
        deleted.await();
      }
    } finally {
      turn.unlock();
    }
  }

  /// Adds what was known before the collection began.
  void add(String digest) {
    turn.lock();
    try {
      digests.add(digest);
    } finally {
      turn.unlock();
    }
  }

  /// All that was named so far.
  Set<String> named() {
    turn.lock();
    try {
      return Set.copyOf(digests);
    } finally {
      turn.unlock();
    }
  }

  /// Announces that these are being deleted, unless somebody has named one of them.
  ///
  /// @return whether they may be deleted; [#release()] has to follow then
  boolean claim(Collection<String> doomed) {
    turn.lock();
    try {
      for (String each : doomed) {
        if (digests.contains(each)) {
          return false;
        }
      }
      pending.addAll(doomed);
      return true;
    } finally {
      turn.unlock();
    }
  }

  /// Says that what was claimed is deleted.
  void release() {
    turn.lock();
    try {
      pending.clear();
      deleted.signalAll();
    } finally {
      turn.unlock();
    }
  }

  /// Ends the server. The socket stays: who finds it and nobody behind it asks for the lock again.
  @Override
  public void close() throws IOException {
    release();
    server.close();
    for (SocketChannel client : clients) {
      client.close();
    }
  }
}
