package dev.synapse.cli;

import java.util.Optional;

/// Why a command ended without doing its work: one line, and perhaps a hint what to do.
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String hint;

  CommandException(ExitCode exitCode, String message) {
    this(exitCode, message, "");
  }

  CommandException(ExitCode exitCode, String message, String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  ExitCode exitCode() {
    return exitCode;
  }

  Optional<String> hint() {
    return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
  }
}
