package dev.synapse.cli;

/// How the program ends.
enum ExitCode {
  /// Done.
  DONE(0),
  /// The work said no: a build failed, the gate rejected, verification found damage.
  REFUSED(1),
  /// The call is wrong: an option, an unknown name, a malformed manifest.
  USAGE(2),
  /// The environment lacks something: user namespaces, a network for a fetch, disk space.
  ENVIRONMENT(3),
  /// A bug in Synapse: the only case that prints a stack trace.
  BUG(70);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }
}
