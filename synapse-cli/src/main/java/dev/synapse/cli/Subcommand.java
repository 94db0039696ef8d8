package dev.synapse.cli;

/// A command with a word of its own below `synapse`.
abstract class Subcommand extends Command {
  /// What every command shares.
  final SynapseCommand synapse;

  /// @param name the word
  /// @param description what it does, as a sentence
  Subcommand(SynapseCommand synapse, String name, String description) {
    super(name, description);
    this.synapse = synapse;
  }
}
