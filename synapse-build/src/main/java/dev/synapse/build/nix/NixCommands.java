package dev.synapse.build.nix;

import dev.synapse.sandbox.Limits;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/// The command lines of Nix that copy, build and give back.
///
/// Nothing is taken from caches and nothing handed on to other builders: what comes back was built
/// by the Nix that was named, in its sandbox. What its own `nix.conf` says of anything else holds.
final class NixCommands {
  /// What a shell leaves as it is.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+,:@=-]+");

  /// A file with no builders in it.
  private static final String NO_BUILDERS = "@/dev/null";

  private final NixPrograms programs;
  private final NixStore store;
  private final List<String> sandboxPaths;

  /// @param sandboxPaths what the builder sees beside its inputs
  NixCommands(NixPrograms programs, NixStore store, List<String> sandboxPaths) {
    this.programs = programs;
    this.store = store;
    this.sandboxPaths = List.copyOf(sandboxPaths);
  }

  /// Copies paths with all that they refer to.
  ///
  /// @param from the root of the store they are in
  List<String> copy(Path from, Collection<StorePath> paths) throws NixException {
    List<String> command = new ArrayList<>(List.of(programs.nix().toString()));
    command.addAll(List.of("--extra-experimental-features", "nix-command", "copy"));
    if (paths.stream().allMatch(StorePath::isDerivation)) {
      command.add("--derivation"); // itself, not its outputs
    }
    command.addAll(
        List.of("--no-check-sigs", "--from", "local?root=" + NixStore.encoded(from.toString())));
    command.addAll(List.of("--to", url()));
    command.addAll(common());
    paths.forEach(path -> command.add(path.toString()));
    return command;
  }

  /// Which of these are not valid there.
  List<String> printInvalid(Collection<StorePath> paths) throws NixException {
    List<String> command = nixStore("--check-validity", "--print-invalid");
    paths.forEach(path -> command.add(path.toString()));
    return command;
  }

  /// Builds a derivation.
  ///
  /// @param check whether to build what is valid there once more, and to compare
  /// @param cores value of `NIX_BUILD_CORES`
  List<String> realise(StorePath derivation, boolean check, int cores, Limits limits)
      throws NixException {
    List<String> command = nixStore("--realise", derivation.toString(), "--no-gc-warning");
    if (check) {
      command.add("--check");
    }
    command.addAll(List.of("--max-jobs", "1", "--cores", Integer.toString(cores)));
    addLimit(command, "--timeout", limits.wallTime());
    addLimit(command, "--max-silent-time", limits.silence());
    if (store.reach() != NixStore.Reach.SSH) {
      command.addAll(sandbox());
    }
    return command;
  }

  private static void addLimit(List<String> command, String option, Duration limit) {
    if (limit.compareTo(Limits.FOREVER) < 0) {
      command.addAll(List.of(option, Long.toString(Math.max(1, limit.toSeconds()))));
    }
  }

  /// Writes paths to the standard output.
  List<String> export(Collection<StorePath> paths) throws NixException {
    List<String> command = nixStore("--export");
    paths.forEach(path -> command.add(path.toString()));
    return command;
  }

  private List<String> nixStore(String... words) throws NixException {
    List<String> command = new ArrayList<>(List.of(programs.nixStore().toString()));
    command.addAll(List.of("--store", url()));
    command.addAll(List.of(words));
    command.addAll(common());
    return command;
  }

  private List<String> common() throws NixException {
    List<String> words = new ArrayList<>(List.of("--log-format", "internal-json"));
    words.addAll(List.of("--option", "substitute", "false", "--option", "builders", ""));
    if (store.isPrivate()) {
      words.addAll(List.of("--option", "build-users-group", ""));
    }
    return words;
  }

  private List<String> sandbox() {
    return List.of(
        "--option",
        "sandbox",
        "true",
        "--option",
        "sandbox-fallback",
        "false",
        "--option",
        "sandbox-paths",
        String.join(" ", sandboxPaths));
  }

  /// Some versions let a shell read the words for a Nix on another machine, others divide them at
  /// blanks and no more: none of them has a blank, a quote, or nothing in it.
  private String url() throws NixException {
    if (store.reach() != NixStore.Reach.SSH) {
      return store.toUrl(List.of());
    }
    List<String> words = new ArrayList<>();
    words.addAll(List.of("--option", "sandbox", "true", "--option", "sandbox-fallback", "false"));
    words.addAll(List.of("--option", "substitute", "false", "--option", "builders", NO_BUILDERS));
    String option = "sandbox-paths";
    for (String path : sandboxPaths) {
      if (!PLAIN.matcher(path).matches()) {
        throw new NixException(new NixProblem.UnfitPath(path));
      }
      words.addAll(List.of("--option", option, path));
      option = "extra-sandbox-paths";
    }
    return store.toUrl(words);
  }
}
