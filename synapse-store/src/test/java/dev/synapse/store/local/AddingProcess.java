package dev.synapse.store.local;

import java.nio.file.Path;

/// A process that adds trees to a store: `ROOT TREE NAME…`. Prints each path when it is added.
final class AddingProcess {
  private AddingProcess() {}

  /// Runs the process.
  public static void main(String[] args) throws Exception {
    try (LocalStore store = LocalStore.open(Path.of(args[0]))) {
      System.out.println("open");
      for (int index = 2; index < args.length; index++) {
        System.out.println(store.addTree(Path.of(args[1]), args[index]));
      }
    }
  }
}
