package dev.synapse.architecture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The flakes of this checkout beside the stand-in for nixpkgs and the flake of somebody who uses
/// them (`nix/testing`), and commands of real Nix on them.
final class Flakes {
  /// What the flakes read.
  private static final List<String> READ =
      List.of(
          "flake.nix",
          "nix",
          "permissions",
          "templates",
          "synapse.toml",
          "synapse.lock",
          "LICENSE");

  private final Path temporary;
  private final FlakeNix nix;
  private final Path tree;
  private final Path standIn;
  private final Path consumer;

  /// @param temporary an empty folder
  Flakes(Path temporary) throws Exception {
    this.temporary = temporary;
    nix = new FlakeNix(Files.createDirectories(temporary.resolve("nix")));
    tree = temporary.resolve("tree");
    for (String file : tracked()) {
      Path copy = tree.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(ProjectTree.root().resolve(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }
    standIn = move("nixpkgs");
    consumer = move("consumer");
  }

  FlakeNix nix() {
    return nix;
  }

  /// The root flake with what it reads.
  Path tree() {
    return tree;
  }

  Path standIn() {
    return standIn;
  }

  /// The flake of somebody who uses Synapse's.
  Path consumer() {
    return consumer;
  }

  /// Out of the tree: what only tests read is not to change what the flakes make.
  private Path move(String name) throws IOException {
    return Files.move(tree.resolve("nix/testing").resolve(name), temporary.resolve(name));
  }

  /// What git knows, for that is what people get; without git, what is there.
  private static List<String> tracked() throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "ls-files", "-z", "--"));
    command.addAll(READ);
    Process git =
        new ProcessBuilder(command)
            .directory(ProjectTree.root().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String listed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (git.waitFor() == 0 && !listed.isEmpty()) {
      return List.of(listed.split("\0", -1)).stream().filter(name -> !name.isEmpty()).toList();
    }
    List<String> found = new ArrayList<>();
    for (String each : READ) {
      if (Files.exists(ProjectTree.root().resolve(each))) {
        try (Stream<Path> files = Files.walk(ProjectTree.root().resolve(each))) {
          files
              .filter(Files::isRegularFile)
              .map(file -> ProjectTree.root().relativize(file).toString())
              .forEach(found::add);
        }
      }
    }
    return found;
  }

  /// A function of an output of the root flake, as JSON.
  JsonNode eval(String output, String function) throws Exception {
    return eval("path:" + tree, output, function);
  }

  /// The same of a flake somewhere else.
  JsonNode eval(String flake, String output, String function) throws Exception {
    return nix.run(
            List.of(
                "eval",
                "--no-write-lock-file",
                "--override-input",
                "nixpkgs",
                "path:" + standIn,
                flake + "#" + output,
                "--json",
                "--apply",
                function))
        .succeeded()
        .json();
  }

  /// The arguments of a command on an output of a flake that uses Synapse's.
  List<String> consumer(String command, Path project, String output, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, "--no-write-lock-file"));
    for (List<String> input :
        List.of(
            List.of("nixpkgs", standIn.toString()),
            List.of("synapse", tree.toString()),
            List.of("project", project.toString()))) {
      arguments.addAll(List.of("--override-input", input.getFirst(), "path:" + input.getLast()));
    }
    arguments.add("path:" + consumer + "#" + output);
    arguments.addAll(List.of(options));
    return arguments;
  }

  FlakeNix.Result asked(String output, String function) throws Exception {
    return nix.run(
        consumer("eval", consumer.resolve("templates"), output, "--json", "--apply", function));
  }

  /// Builds an output of the flake that uses Synapse's, and gives where the result is.
  FlakeNix.Result built(String output) throws Exception {
    return built(consumer.resolve("templates"), output);
  }

  FlakeNix.Result built(Path project, String output) throws Exception {
    nix.assumeBuilds();
    return nix.run(nix.building(consumer("build", project, output, "--no-link", "--json", "-L")));
  }

  Path output(FlakeNix.Result result) {
    return nix.file(result.succeeded().json().get(0).get("outputs").get("out").asString());
  }

  /// The program of this build.
  static ProcessBuilder program(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.synapse.cli.Main"));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
