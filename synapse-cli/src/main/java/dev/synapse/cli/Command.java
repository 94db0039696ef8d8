package dev.synapse.cli;

/// What a word of the command line does.
interface Command {
  /// What may follow the word.
  Syntax syntax();

  /// Does it, with what the command line said. Answers how the program ends.
  ExitCode run() throws Exception;

  /// A word that other commands follow, and that does nothing alone.
  static Command group(String name, String description) {
    return new Command() {
      private final Syntax syntax = new Syntax(this, name, description);

      @Override
      public Syntax syntax() {
        return syntax;
      }

      @Override
      public ExitCode run() throws CommandException {
        throw new CommandException(
            ExitCode.USAGE,
            "'synapse %s' needs a command".formatted(name),
            "synapse %s --help".formatted(name));
      }
    };
  }
}
