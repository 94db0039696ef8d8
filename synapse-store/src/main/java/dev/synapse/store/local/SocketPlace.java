package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// The address of a socket wherever it lies: addresses are at most 107 bytes long, so a longer path
/// is named through the open folder that it is in.
final class SocketPlace implements AutoCloseable {
  private static final int LONGEST = 107;

  private final Path path;
  private final int folder;

  SocketPlace(Path socket) throws IOException {
    if (ByteString.ofPath(socket).length() <= LONGEST) {
      path = socket;
      folder = -1;
    } else {
      folder = SystemCalls.open(requireNonNull(socket.getParent()), false);
      path = Path.of("/proc/self/fd/" + folder).resolve(socket.getFileName());
    }
  }

  UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(path);
  }

  @Override
  public void close() {
    if (folder >= 0) {
      SystemCalls.close(folder);
    }
  }
}
