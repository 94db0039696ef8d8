package dev.synapse.sandbox;

/// How closed the room was, for the record of a build.
///
/// @param bubblewrap version of the program that made the namespaces
/// @param namespaces those that are private, in alphabetical order
/// @param seccomp SHA-256 of the system call filter, in hexadecimal
/// @param limits what enforced the limits of memory and processes
public record SandboxLevel(String bubblewrap, String namespaces, String seccomp, Mechanism limits) {
  /// The namespaces that every sandbox has.
  public static final String ALL_NAMESPACES = "cgroup ipc mount network pid user uts";

  /// What enforces the limits of memory and processes.
  public enum Mechanism {
    /// A control group of version 2 that is ours to divide.
    CGROUP_V2,
    /// Writable control groups of version 1.
    CGROUP_V1,
    /// A scope of the user's systemd.
    SYSTEMD_SCOPE,
    /// Counted several times a second, with resource limits of each process as a hard stop.
    POLLING
  }
}
