package dev.synapse.build.realise;

import dev.synapse.sandbox.Identity;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.ToolchainRoot;
import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a builder finds around it: the toolchain as its root, the input closure in `/nix/store`, a
/// build directory, and nothing of the host.
public final class Room {
  /// The build directory as the builder sees it.
  public static final String BUILD_DIRECTORY = "/build";

  private static final Path STORE_PARENT = Path.of("/nix");
  private static final Path STORE = STORE_PARENT.resolve("store");
  private static final long TEMPORARY_BYTES = 64L << 30;

  private Room() {}

  /// Where the parts of a room lie on this machine.
  ///
  /// @param toolchain the toolchain root, if the builder has one
  /// @param closure store objects to show in `/nix/store`: base names and where they lie
  /// @param build the folder that becomes the build directory
  /// @param store the folder that becomes `/nix/store`; outputs appear in it
  /// @param more further mounts
  public record Parts(
      Optional<Path> toolchain,
      Map<String, Path> closure,
      Path build,
      Path store,
      Collection<Mount> more) {
    /// Copies map and list.
    public Parts {
      closure = Map.copyOf(closure);
      more = List.copyOf(more);
    }
  }

  /// The room as a value.
  ///
  /// @throws IOException when the toolchain cannot be read
  public static Sandbox of(
      Parts parts, List<RawText> command, Map<ByteString, ByteString> variables)
      throws IOException {
    List<Mount> mounts = new ArrayList<>();
    if (parts.toolchain().isPresent()) {
      mounts.addAll(ToolchainRoot.mounts(parts.toolchain().get()));
    } else {
      mounts.add(new Mount.Folder(Path.of("/etc"))); // open to all, as a toolchain's is
    }
    mounts.add(new Mount.Folder(STORE_PARENT));
    mounts.addAll(Sandbox.furniture());
    mounts.add(new Mount.Temporary(Path.of("/tmp"), TEMPORARY_BYTES));
    mounts.add(new Mount.Writable(parts.build(), Path.of(BUILD_DIRECTORY)));
    mounts.add(new Mount.Writable(parts.store(), STORE));
    new TreeMap<>(parts.closure())
        .forEach((name, place) -> mounts.add(new Mount.ReadOnly(place, STORE.resolve(name))));
    mounts.addAll(parts.more());
    SortedMap<RawText, RawText> environment = new TreeMap<>();
    variables.forEach(
        (key, value) -> putVariable(environment, key.toByteArray(), value.toByteArray()));
    return new Sandbox(mounts, command, environment, Path.of(BUILD_DIRECTORY), Identity.BUILDER);
  }

  /// To a process, a variable is one text, and its name ends before the first `=`: a derivation's
  /// `a=b` that is `c` is there as `a` that is `b=c`, unless it has an `a` too. What has no name is
  /// no variable.
  private static void putVariable(
      SortedMap<RawText, RawText> environment, byte[] key, byte[] value) {
    int end = 0;
    while (end < key.length && key[end] != '=') {
      end++;
    }
    if (end == key.length && end > 0) {
      environment.put(RawText.of(key), RawText.of(value));
    } else if (end > 0) {
      byte[] rest = Arrays.copyOfRange(key, end + 1, key.length + 1 + value.length);
      rest[key.length - end - 1] = '=';
      System.arraycopy(value, 0, rest, key.length - end, value.length);
      environment.putIfAbsent(RawText.of(Arrays.copyOf(key, end)), RawText.of(rest));
    }
  }
}
