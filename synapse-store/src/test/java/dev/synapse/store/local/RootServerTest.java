package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What collectors and those who add say to each other, at moments that a race seldom meets.
@Timeout(60)
final class RootServerTest {
  @TempDir private Path folder;

  private StoreLayout layout() throws IOException {
    LocalStore.open(folder.resolve("store")).close();
    StoreLayout layout = new StoreLayout(folder.resolve("store"));
    Files.createDirectories(layout.collectorSocket().getParent());
    return layout;
  }

  private static void say(SocketChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Test
  void theEndOfACollectionHangsUpOnWhoIsConnected() throws Exception {
    StoreLayout layout = layout();
    try (SocketPlace place = new SocketPlace(layout.collectorSocket());
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      try (RootServer _ = RootServer.start(layout)) {
        client.connect(place.address());
        say(client, "/nix/store/" + "a".repeat(32) + "-kept\n");
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
      }
      assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void whoIsNotAnsweredWaitsForTheCollectorToEnd() throws Exception {
    StoreLayout layout = layout();
    StorePath path;
    try (LocalStore store = LocalStore.open(folder.resolve("other"))) {
      path = store.addText("x".getBytes(StandardCharsets.UTF_8), "x", Set.of());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        SocketPlace place = new SocketPlace(layout.collectorSocket());
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        TemporaryRoots roots = new TemporaryRoots(layout)) {
      server.bind(place.address());
      Future<?> adding;
      try (FileLock _ = FileLock.exclusive(layout.collectorLock())) {
        adding =
            threads.submit(
                () -> {
                  roots.add(path);
                  return null;
                });
        try (SocketChannel told = server.accept()) {
          // All of the line: what is left unread makes the end another error.
          ByteBuffer line = ByteBuffer.allocate(path.toString().length() + 1);
          while (line.hasRemaining()) {
            assertThat(told.read(line)).isPositive();
          }
        }
        assertThatThrownBy(() -> adding.get(1, TimeUnit.SECONDS))
            .as("while the lock is held")
            .isInstanceOf(TimeoutException.class);
      }
      assertThat(adding.get()).isNull();
    }
  }
}
