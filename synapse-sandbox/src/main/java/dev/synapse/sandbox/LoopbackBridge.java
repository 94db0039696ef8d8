package dev.synapse.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The one way out of a sandbox's network: a single TCP port that this program serves, which a
/// sandboxed process reaches at the same number of its own loopback.
///
/// Outside, this listens on a Unix domain socket and connects to the port. Inside, a Java program
/// listens on the port and connects to the socket; it starts before the command, which waits until
/// it listens. So the room needs a JDK (with the module `jdk.compiler`), `/bin/sh`, and nothing
/// else.
public final class LoopbackBridge implements AutoCloseable {
  private static final Path INSIDE = Path.of("/synapse-bridge");
  private static final String SOCKET = "socket";
  private static final int BUFFER_BYTES = 1 << 16;

  /// The bridge's only output is its line; what it can't say otherwise goes to the log.
  private static final String WRAPPER =
      """
      java=$1 port=$2
      shift 2
      exec 3<&0
      { "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m\
       %1$s/Bridge.java %1$s/socket "$port" 3<&- & } | {
        read -r line || { echo "error: the bridge to port $port did not start" >&2; exit 125; }
        exec "$@" <&3 3<&-
      }
      """
          .formatted(INSIDE);

  private final Path folder;
  private final ServerSocketChannel server;
  private final InetSocketAddress target;

  private LoopbackBridge(Path folder, ServerSocketChannel server, InetSocketAddress target) {
    this.folder = folder;
    this.server = server;
    this.target = target;
  }

  /// Listens for sandboxed processes and joins each connection with one to `target`.
  ///
  /// @param folder an empty folder, which it deletes when it is closed
  /// @param target an address that this program serves
  static LoopbackBridge open(Path folder, InetSocketAddress target) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    // The path of a socket has to be shorter than 108 bytes: that of its open folder is.
    try (FileChannel _ = FileChannel.open(folder, StandardOpenOption.READ)) {
      server.bind(UnixDomainSocketAddress.of(descriptorOf(folder).resolve(SOCKET)));
    } catch (IOException problem) {
      server.close();
      throw problem;
    }
    var bridge = new LoopbackBridge(folder, server, target);
    Thread.ofVirtual().name("sandbox-bridge").start(bridge::serve);
    return bridge;
  }

  private static Path descriptorOf(Path folder) throws IOException {
    File wanted = folder.toFile().getCanonicalFile();
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (descriptor.toFile().getCanonicalFile().equals(wanted)) {
          return descriptor;
        }
      }
    }
    throw new NoSuchFileException(folder.toString(), null, "/proc/self/fd does not show it open");
  }

  /// The port, inside as outside.
  public int port() {
    return target.getPort();
  }

  /// `sandbox` with the bridge in it: its command starts when the port answers.
  ///
  /// @param java a JDK's `java`, as a path in the sandbox
  public Sandbox into(Sandbox sandbox, Path java) throws IOException {
    var command = new ArrayList<RawText>();
    command.add(RawText.of("/bin/sh"));
    command.add(RawText.of("-c"));
    command.add(RawText.of(WRAPPER));
    command.add(RawText.of("sh"));
    command.add(RawText.of(java));
    command.add(RawText.of(Integer.toString(port())));
    command.addAll(sandbox.command());
    List<Mount> mounts =
        List.of(
            new Mount.Text(source(), INSIDE.resolve("Bridge.java")),
            new Mount.ReadOnly(folder.resolve(SOCKET), INSIDE.resolve(SOCKET)));
    return sandbox.withMounts(mounts).withCommand(command);
  }

  private static String source() throws IOException {
    try (InputStream source = LoopbackBridge.class.getResourceAsStream("Bridge.java")) {
      if (source == null) {
        throw new IllegalStateException("Bridge.java is not in the program");
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel near = server.accept();
        Thread.ofVirtual().start(() -> join(near));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void join(SocketChannel near) {
    try (near;
        SocketChannel far = SocketChannel.open(target)) {
      Thread there = Thread.ofVirtual().start(() -> copy(near, far));
      copy(far, near);
      there.join();
    } catch (IOException _) {
      // nobody serves the port: the sandboxed process sees its connection end
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Until `from` ends; then says so to `to`. A broken connection ends both ways.
  private static void copy(SocketChannel from, SocketChannel to) {
    var buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (IOException _) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // it was broken already
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    SandboxRunner.deleteTree(folder);
  }
}
