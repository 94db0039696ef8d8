import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// Started inside a sandbox as `java Bridge.java SOCKET PORT`: each connection to 127.0.0.1:PORT
/// goes on to the Unix domain socket SOCKET. Says `ready` when it listens.
public final class Bridge {
  private static final int BUFFER_BYTES = 1 << 16;

  private Bridge() {}

  public static void main(String[] arguments) throws IOException {
    var socket = UnixDomainSocketAddress.of(arguments[0]);
    var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    var here = new InetSocketAddress(loopback, Integer.parseInt(arguments[1]));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      server.bind(here);
      System.out.println("ready");
      while (true) {
        SocketChannel near = server.accept();
        Thread.startVirtualThread(() -> join(near, socket));
      }
    }
  }

  private static void join(SocketChannel near, UnixDomainSocketAddress socket) {
    try (near;
        SocketChannel far = SocketChannel.open(socket)) {
      Thread there = Thread.startVirtualThread(() -> copy(near, far));
      copy(far, near);
      there.join();
    } catch (IOException | UncheckedIOException problem) {
      System.err.println("bridge: " + problem.getMessage());
    } catch (InterruptedException problem) {
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
    } catch (IOException broken) {
      close(from);
      close(to);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
