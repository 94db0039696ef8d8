package dev.synapse.build.lock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Replaces a file in one step: written beside its place, brought to the disk, then renamed. A
/// reader sees the old or the new content; so does whoever comes after a crash.
final class ReplacedFile {
  private ReplacedFile() {}

  static void write(Path file, byte[] content) throws IOException {
    Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (Files.isRegularFile(place) && Arrays.equals(Files.readAllBytes(place), content)) {
      return;
    }
    Path folder = place.resolveSibling("");
    removeLeftovers(place);
    Path beside = place.resolveSibling(prefix(place) + ProcessHandle.current().pid());
    try {
      writeAndSync(beside, content);
      Files.move(
          beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static String prefix(Path place) {
    return "." + place.getFileName() + ".";
  }

  private static void writeAndSync(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /// What processes that were killed have left; the number in the name is that of the process.
  private static void removeLeftovers(Path place) throws IOException {
    String prefix = prefix(place);
    try (DirectoryStream<Path> siblings =
        Files.newDirectoryStream(
            place.resolveSibling(""),
            entry -> isLeftover(prefix, entry.getFileName().toString()))) {
      for (Path leftover : siblings) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  private static boolean isLeftover(String prefix, String name) {
    if (!name.startsWith(prefix) || !name.substring(prefix.length()).matches("[0-9]{1,18}")) {
      return false;
    }
    long process = Long.parseLong(name.substring(prefix.length()));
    return process == ProcessHandle.current().pid() || ProcessHandle.of(process).isEmpty();
  }
}
