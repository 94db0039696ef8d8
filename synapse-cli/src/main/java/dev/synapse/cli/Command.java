package dev.synapse.cli;

/// What a word of the command line does.
abstract class Command {
  /// What may follow the word.
  final Syntax syntax;

  /// @param name the word
  /// @param description what it does, as a sentence
  Command(String name, String description) {
    this.syntax = new Syntax(this, name, description);
  }

  /// Does it, with what the command line said. Answers how the program ends.
  abstract ExitCode run() throws Exception;

  /// A word that other commands follow, and that does nothing alone.
  static Command group(String name, String description) {
    return new Command(name, description) {
      @Override
      ExitCode run() throws CommandException {
        throw new CommandException(
            ExitCode.USAGE,
            "'synapse %s' needs a command".formatted(name),
            "synapse %s --help".formatted(name));
      }
    };
  }
}
