package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The settings of the kernel that can refuse a sandbox, to say which one did.
///
/// @param proc `/proc`
record KernelSettings(Path proc) {
  private record Setting(String name, String refuses, String wanted, boolean alsoForRoot) {}

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("user.max_user_namespaces", "0", "15000", true),
          new Setting("user.max_pid_namespaces", "0", "15000", true),
          new Setting("user.max_mnt_namespaces", "0", "15000", true),
          new Setting("user.max_net_namespaces", "0", "15000", true),
          new Setting("user.max_ipc_namespaces", "0", "15000", true),
          new Setting("user.max_uts_namespaces", "0", "15000", true),
          new Setting("kernel.unprivileged_userns_clone", "0", "1", false),
          new Setting("kernel.apparmor_restrict_unprivileged_userns", "1", "0", false));

  /// Why `program` failed, saying `output`.
  SandboxProblem diagnose(String program, String output) {
    String detail = output.lines().findFirst().orElse("it says nothing");
    boolean root = status("Uid:").startsWith("0");
    for (Setting setting : SETTINGS) {
      if ((setting.alsoForRoot() || !root) && setting.refuses().equals(read(setting.name()))) {
        return new SandboxProblem.SettingRefuses(
            setting.name(), setting.refuses(), setting.wanted());
      }
    }
    boolean filtered = !status("Seccomp:").equals("0");
    boolean nested = detail.contains("mount proc") || detail.contains("nesting depth");
    return filtered || nested
        ? new SandboxProblem.ContainerRefuses(detail)
        : new SandboxProblem.TrialFailed(program, detail);
  }

  private String read(String setting) {
    try {
      return Files.readString(proc.resolve("sys").resolve(setting.replace('.', '/'))).strip();
    } catch (IOException _) {
      return ""; // a kernel without this setting can't refuse by it
    }
  }

  private String status(String field) {
    try (var lines = Files.lines(proc.resolve("self/status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(field.length()).strip())
          .findFirst()
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }
}
