package dev.synapse.build.realise;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Files of a store as a builder in a room sees them: below `/nix/store`, wherever the store is,
/// and only those of its inputs. Symbolic links lead to where they would in the room.
final class InputView {
  private static final int MOST_LINKS = 40;
  private static final String TOP = StoreDirectory.NIX.directory();

  private final LocalStore store;
  private final Set<StorePath> closure;

  InputView(LocalStore store, Set<StorePath> closure) {
    this.store = store;
    this.closure = closure;
  }

  /// Where the file or folder lies that `path` leads to, itself no link; empty if it leads nowhere.
  ///
  /// @param path absolute, as the builder says it
  Optional<Path> follow(String path) throws IOException {
    Deque<String> left = new ArrayDeque<>(List.of(path.split("/", -1)));
    Deque<String> done = new ArrayDeque<>();
    int links = 0;
    while (!left.isEmpty()) {
      String part = left.removeFirst();
      switch (part) {
        case "", "." -> {
          // stays where it is
        }
        case ".." -> {
          String _ = done.pollLast();
        }
        default -> {
          done.addLast(part);
          Optional<Path> place = place("/" + String.join("/", done));
          if (place.isPresent() && Files.isSymbolicLink(place.get())) {
            links++;
            if (links > MOST_LINKS) {
              return Optional.empty();
            }
            done.removeLast();
            List<String> target =
                Arrays.asList(Files.readSymbolicLink(place.get()).toString().split("/", -1));
            if (target.getFirst().isEmpty()) {
              done.clear();
            }
            target.reversed().forEach(left::addFirst);
          }
        }
      }
    }
    return place("/" + String.join("/", done))
        .filter(found -> Files.exists(found, LinkOption.NOFOLLOW_LINKS));
  }

  /// Where a path lies whose folders are no links; empty outside of the inputs.
  private Optional<Path> place(String path) {
    if (!path.startsWith(TOP + "/")) {
      return Optional.empty();
    }
    String below = path.substring(TOP.length() + 1);
    int slash = below.indexOf('/');
    String first = slash < 0 ? below : below.substring(0, slash);
    try {
      StorePath object = StorePath.parse(TOP + "/" + first);
      if (!closure.contains(object)) {
        return Optional.empty();
      }
      Path physical = store.physical(object);
      return Optional.of(slash < 0 ? physical : physical.resolve(below.substring(slash + 1)));
    } catch (StorePathException _) {
      return Optional.empty();
    }
  }
}
