package dev.synapse.sandbox;

/// Who the sandboxed process is, as far as it can tell.
///
/// @param user numeric user id
/// @param group numeric group id
/// @param hostName name of the machine
public record Identity(int user, int group, String hostName) {
  /// The builder's user of Nix's own sandbox.
  public static final Identity BUILDER = new Identity(1000, 100, "localhost");

  public Identity {
    if (user <= 0 || group <= 0) {
      throw new IllegalArgumentException("a sandbox runs as user " + user + ":" + group);
    }
    if (!hostName.matches("[0-9a-z-]{1,63}")) {
      throw new IllegalArgumentException("'" + hostName + "' is no host name");
    }
  }
}
