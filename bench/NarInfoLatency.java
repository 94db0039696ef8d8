import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Asks a server for one file over 1,000 connections at once, again and again, and prints how long
/// answers took: from the moment the first request was sent to the end of each answer.
///
/// One thread with a selector, so that the client takes as little of the machine as it can.
///
///     java bench/NarInfoLatency.java http://127.0.0.1:8080 DIGEST.narinfo [CONNECTIONS] [ROUNDS]
public final class NarInfoLatency {
  private NarInfoLatency() {}

  /// Prints the median and the 99th percentile in milliseconds over the rounds after the tenth.
  public static void main(String[] args) throws IOException {
    URI address = URI.create(args[0]);
    int connections = args.length > 2 ? Integer.parseInt(args[2]) : 1000;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 50;
    byte[] request =
        "GET /%s HTTP/1.1\r\nHost: %s:%d\r\n\r\n"
            .formatted(args[1], address.getHost(), address.getPort())
            .getBytes(StandardCharsets.US_ASCII);
    int warmUp = Math.min(10, rounds - 1);
    double[] all = new double[(rounds - warmUp) * connections];
    int filled = 0;
    try (Selector selector = Selector.open()) {
      SocketChannel[] channels = new SocketChannel[connections];
      for (int index = 0; index < connections; index++) {
        channels[index] =
            SocketChannel.open(new InetSocketAddress(address.getHost(), address.getPort()));
        channels[index].configureBlocking(false);
      }
      for (int round = 0; round < rounds; round++) {
        double[] took = round(selector, channels, request);
        if (round >= warmUp) {
          System.arraycopy(took, 0, all, filled, took.length);
          filled += took.length;
        }
      }
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
    Arrays.sort(all);
    System.out.printf("%.1f, %.1f ms%n", all[all.length / 2], all[(int) (all.length * 0.99)]);
  }

  private static double[] round(Selector selector, SocketChannel[] channels, byte[] request)
      throws IOException {
    double[] took = new double[channels.length];
    long started = System.nanoTime();
    for (SocketChannel channel : channels) {
      channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
      channel.write(ByteBuffer.wrap(request));
    }
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    int done = 0;
    while (done < channels.length) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        StringBuilder answer = (StringBuilder) key.attachment();
        buffer.clear();
        if (((SocketChannel) key.channel()).read(buffer) < 0) {
          throw new IOException("the server closed a connection");
        }
        answer.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
        if (isWhole(answer)) {
          took[done++] = (System.nanoTime() - started) / 1e6;
          key.interestOps(0);
        }
      }
      selector.selectedKeys().clear();
    }
    return took;
  }

  private static boolean isWhole(StringBuilder answer) throws IOException {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String head = answer.substring(0, end).toLowerCase(java.util.Locale.ROOT);
    if (!head.startsWith("http/1.1 200")) {
      throw new IOException("the server says: " + head);
    }
    int at = head.indexOf("content-length: ") + "content-length: ".length();
    int size = Integer.parseInt(head.substring(at).lines().findFirst().orElseThrow().strip());
    return answer.length() >= end + 4 + size;
  }
}
