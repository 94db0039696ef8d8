package dev.synapse.store.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A process that works on a store: `collect ROOT` collects, `hold ROOT NAME` adds a text called
/// so, prints its path, and keeps it until its standard input ends.
final class CollectingProcess {
  private CollectingProcess() {}

  /// Runs the process.
  public static void main(String[] args) throws Exception {
    try (LocalStore store = LocalStore.open(Path.of(args[1]))) {
      if (args[0].equals("collect")) {
        System.out.println(store.collector().collect().deleted().size());
      } else {
        System.out.println(store.addText(new byte[] {1}, args[2], Set.of()));
        int _ = System.in.read();
      }
    }
  }

  /// Starts it.
  static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CollectingProcess.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
