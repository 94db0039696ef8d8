package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SandboxProblemTest {
  private static void check(
      SandboxProblem problem, String message, String hint, boolean otherMayHelp) {
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.hint()).startsWith(hint);
    assertThat(problem.otherBubblewrapMayHelp()).isEqualTo(otherMayHelp);
    var refusal = new SandboxUnavailableException(problem);
    assertThat(refusal).hasMessage(message);
    assertThat(refusal.problem()).isEqualTo(problem);
  }

  @Test
  void aMissingOrOldBubblewrapIsToBeInstalled() {
    check(
        new SandboxProblem.NoBubblewrap(List.of("/a/bwrap", "/b/bwrap")),
        "no bubblewrap: there is no bwrap in /a/bwrap, /b/bwrap",
        "install bubblewrap 0.8.0 or newer",
        true);
    check(
        new SandboxProblem.BubblewrapTooOld("/a/bwrap", "0.4.1"),
        "'/a/bwrap' is bubblewrap 0.4.1; 0.8.0 or newer is needed",
        "install bubblewrap 0.8.0 or newer",
        true);
    check(
        new SandboxProblem.TrialFailed("/a/bwrap", "no luck"),
        "a trial run of '/a/bwrap' failed: no luck",
        "see whether 'bwrap --unshare-all",
        true);
  }

  @Test
  void whatTheMachineRefusesNoOtherBubblewrapCures() {
    check(
        new SandboxProblem.UnsupportedMachine("aarch64"),
        "no system call filter for 'aarch64' machines yet, only for x86_64",
        "build on an x86_64 machine",
        false);
    check(
        new SandboxProblem.SettingRefuses("user.max_pid_namespaces", "0", "15000"),
        "the kernel refuses user namespaces: user.max_pid_namespaces is 0",
        "sudo sysctl -w user.max_pid_namespaces=15000 ",
        false);
    check(
        new SandboxProblem.ContainerRefuses("mount proc"),
        "the container that this runs in refuses a sandbox: mount proc",
        "start the container with --security-opt seccomp=unconfined",
        false);
  }
}
