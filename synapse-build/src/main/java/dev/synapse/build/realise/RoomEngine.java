package dev.synapse.build.realise;

import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.sandbox.SandboxTooLargeException;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Synapse's own engine: the builder runs in a room of this machine.
final class RoomEngine implements Engine {
  /// Less than this many bytes free is a full disk.
  private static final long LEAST_SPACE = 1 << 20;

  private final LocalStore store;
  private final Rooms rooms;
  private final RealiseSettings settings;

  RoomEngine(LocalStore store, Rooms rooms, RealiseSettings settings) {
    this.store = store;
    this.rooms = rooms;
    this.settings = settings;
  }

  @Override
  public Optional<SandboxLevel> level() {
    return Optional.of(rooms.level());
  }

  @Override
  public Optional<String> build(Job job)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Outcome outcome;
    try {
      outcome = rooms.run(room(job), job.limits(), job.log());
    } catch (SandboxTooLargeException e) {
      return Optional.of("the builder could not be started: " + e.getMessage());
    }
    if (outcome.succeeded()) {
      return Optional.empty();
    }
    requireSpace(job.places().store());
    return Optional.of("the builder " + outcome.message());
  }

  /// A builder that found no space did not fail by itself.
  private static void requireSpace(Path folder) throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() < LEAST_SPACE) {
      throw new StoreException(new StoreProblem.DiskFull(folder));
    }
  }

  private Sandbox room(Job job) throws RealiseException, IOException {
    Task task = job.task();
    Attributes attributes = Attributes.of(task.path(), task.derivation());
    ReferenceGraphs graphs = new ReferenceGraphs(task.path(), attributes, task.closure(), store);
    BuilderEnvironment environment =
        BuilderEnvironment.of(
            task.derivation(),
            attributes,
            task.outputs(),
            graphs.attributes(),
            Room.BUILD_DIRECTORY,
            settings.cores());
    SortedMap<String, ByteString> files = new TreeMap<>(graphs.files());
    files.putAll(environment.files());
    for (var file : files.entrySet()) {
      Files.write(job.places().build().resolve(file.getKey()), file.getValue().toByteArray());
    }
    return room(task, environment, job.places());
  }

  /// A path that is not absolute begins where the builder does.
  private static RawText program(ByteString builder) {
    byte[] path = builder.toByteArray();
    if (path.length > 0 && path[0] == '/') {
      return RawText.of(path);
    }
    byte[] folder = (Room.BUILD_DIRECTORY + "/").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(folder, folder.length + path.length);
    System.arraycopy(path, 0, all, folder.length, path.length);
    return RawText.of(all);
  }

  /// The room of a derivation's builder.
  Sandbox room(Task task, BuilderEnvironment environment, Places places) throws IOException {
    Map<String, Path> shown = new HashMap<>();
    for (StorePath member : task.closure()) {
      shown.put(member.baseName(), store.physical(member));
    }
    List<RawText> command = new ArrayList<>();
    command.add(program(task.derivation().builder()));
    for (ByteString argument : environment.arguments()) {
      command.add(RawText.of(argument.toByteArray()));
    }
    return Room.of(
        new Room.Parts(
            task.toolchain().map(store::physical),
            shown,
            places.build(),
            places.store(),
            settings.more()),
        command,
        environment.variables());
  }
}
