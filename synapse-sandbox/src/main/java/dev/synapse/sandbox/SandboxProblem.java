package dev.synapse.sandbox;

import java.util.List;

/// Why no sandbox can be had here. Each case carries the values its message names.
public sealed interface SandboxProblem {
  record NoBubblewrap(List<String> searched) implements SandboxProblem {}

  record BubblewrapTooOld(String program, String version) implements SandboxProblem {}

  record UnsupportedMachine(String architecture) implements SandboxProblem {}

  /// The kernel setting `setting` is `value` and refuses user namespaces.
  record SettingRefuses(String setting, String value, String wanted) implements SandboxProblem {}

  /// This program runs in a container (or sandbox) that refuses what a sandbox is made of.
  record ContainerRefuses(String detail) implements SandboxProblem {}

  /// The trial run failed for none of the known reasons.
  record TrialFailed(String program, String detail) implements SandboxProblem {}

  /// One line: what is wrong.
  default String message() {
    return switch (this) {
      case NoBubblewrap(var searched) ->
          "no bubblewrap: there is no bwrap in %s".formatted(String.join(", ", searched));
      case BubblewrapTooOld(var program, var version) ->
          "'%s' is bubblewrap %s; 0.8.0 or newer is needed".formatted(program, version);
      case UnsupportedMachine(var architecture) ->
          "no system call filter for '%s' machines yet, only for x86_64".formatted(architecture);
      case SettingRefuses(var setting, var value, _) ->
          "the kernel refuses user namespaces: %s is %s".formatted(setting, value);
      case ContainerRefuses(var detail) ->
          "the container that this runs in refuses a sandbox: %s".formatted(detail);
      case TrialFailed(var program, var detail) ->
          "a trial run of '%s' failed: %s".formatted(program, detail);
    };
  }

  /// What to type or do.
  default String hint() {
    return switch (this) {
      case NoBubblewrap _, BubblewrapTooOld _ ->
          "install bubblewrap 0.8.0 or newer (Debian, Ubuntu: sudo apt-get install bubblewrap;"
              + " Fedora: sudo dnf install bubblewrap)";
      case UnsupportedMachine _ -> "build on an x86_64 machine";
      case SettingRefuses(var setting, _, var wanted) ->
          ("sudo sysctl -w %1$s=%2$s  (and to keep it:"
                  + " echo '%1$s=%2$s' | sudo tee /etc/sysctl.d/60-synapse.conf)")
              .formatted(setting, wanted);
      case ContainerRefuses _ ->
          "start the container with --security-opt seccomp=unconfined"
              + " --security-opt apparmor=unconfined --security-opt systempaths=unconfined";
      case TrialFailed _ ->
          "see whether 'bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true' works";
    };
  }

  /// Whether another bubblewrap than the tried one may do better.
  default boolean otherBubblewrapMayHelp() {
    return switch (this) {
      case NoBubblewrap _, BubblewrapTooOld _, TrialFailed _ -> true;
      case UnsupportedMachine _, SettingRefuses _, ContainerRefuses _ -> false;
    };
  }
}
