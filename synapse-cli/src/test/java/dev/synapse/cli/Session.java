package dev.synapse.cli;

import dev.synapse.events.EventBus;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.local.LocalStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The program as a user has it: a folder to work in, a store, and what each run printed.
record Session(Path folder, Path storeFolder) {
  /// How a run ended.
  record Result(int status, ByteString printed, String err) {
    String out() {
      return printed.utf8();
    }

    byte[] bytes() {
      return printed.toByteArray();
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(out());
    }
  }

  static Session in(Path temporary) throws IOException {
    return new Session(
        Files.createDirectory(temporary.resolve("project")), temporary.resolve("store"));
  }

  Result run(String... args) {
    return with(
        Map.of(),
        Stream.concat(
                Stream.of("-C", folder.toString(), "--store", storeFolder.toString()),
                Stream.of(args))
            .toArray(String[]::new));
  }

  static Result with(Map<String, String> environment, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            args,
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Result(
        status, ByteString.of(out.toByteArray()), err.toString(StandardCharsets.UTF_8));
  }

  Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  LocalStore store() throws IOException {
    return LocalStore.open(storeFolder);
  }

  /// What commands work with, to find out what they will plan.
  Workshop workshop(LocalStore store) {
    var nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    var synapse =
        new SynapseCommand(Map.of("SYNAPSE_HOME", storeFolder.toString()), nowhere, nowhere);
    return new Workshop(synapse, store, new EventBus());
  }

  static List<String> lines(String text) {
    return text.lines().toList();
  }
}
