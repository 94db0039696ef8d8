package dev.synapse.build.nix;

/// Why real Nix could not be asked to build, or could not try.
public sealed interface NixProblem {
  /// A program of Nix is nowhere on the search path.
  record NotInstalled(String program) implements NixProblem {}

  /// An address that names no store in which Nix can build.
  record NotABuilder(String address) implements NixProblem {}

  /// An address of the older protocol that says which program to start, which is not the one
  /// needed.
  record OlderProgram(String address) implements NixProblem {}

  /// A path that cannot stand in a list of sandbox paths, or on the command line of another
  /// machine.
  record UnfitPath(String path) implements NixProblem {}

  /// The builder's own program was not there: Nix did not show the toolchain.
  ///
  /// @param words what Nix said
  record ToolchainNotShown(String address, String words) implements NixProblem {}

  /// Nix failed before or after the build, not the build.
  ///
  /// @param step what it was to do, such as `copy the inputs`
  /// @param words what it said, in one line
  record Refused(String address, String step, String words) implements NixProblem {}

  /// Nix sent other outputs than those it was asked for.
  record OtherOutputs(String address, String path) implements NixProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case NotInstalled(var program) ->
          "real Nix is not installed: there is no program '%s' on the PATH".formatted(program);
      case NotABuilder(var address) -> "'%s' is no store that Nix builds in".formatted(address);
      case OlderProgram(var address) ->
          "'%s' names a remote-program of Nix's older protocol, which can be told no sandbox paths"
              .formatted(address);
      case UnfitPath(var path) ->
          "Nix cannot be given '%s' as a sandbox path: it has blanks or signs in it"
              .formatted(path);
      case ToolchainNotShown(var address, var words) ->
          "Nix at '%s' did not show the toolchain to the builder: %s".formatted(address, words);
      case Refused(var address, var step, var words) ->
          "Nix at '%s' could not %s: %s".formatted(address, step, words);
      case OtherOutputs(var address, var path) ->
          "Nix at '%s' sent '%s', which is no output of the derivation".formatted(address, path);
    };
  }

  /// What to do about it; empty if the message says it all.
  default String hint() {
    return switch (this) {
      case NotInstalled _ ->
          "install Nix 2.4 or newer (on Debian: apt-get install nix-bin); the engine 'synapse'"
              + " needs none";
      case NotABuilder _ ->
          "a folder, local?root=FOLDER, daemon, unix://SOCKET, ssh-ng://[USER@]HOST or"
              + " ssh://[USER@]HOST";
      case OlderProgram _ -> "write ssh-ng:// and the path of nix-daemon, or leave it out";
      case UnfitPath _ -> "give another folder with --nix-store";
      case ToolchainNotShown _ ->
          "sandbox-paths is a setting that Nix takes from trusted users only: add yours to"
              + " trusted-users in the nix.conf there, or build in a store of your own:"
              + " --nix-store FOLDER, or ssh-ng://HOST?remote-store=local?root=FOLDER";
      case Refused _, OtherOutputs _ -> "";
    };
  }

  /// Whether the fault is in how it was called, not in the surroundings.
  default boolean isUsage() {
    return switch (this) {
      case NotABuilder _, OlderProgram _ -> true;
      case NotInstalled _, UnfitPath _, ToolchainNotShown _, Refused _, OtherOutputs _ -> false;
    };
  }
}
