package dev.synapse.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/// A command and those below it, made only as far as a command line needs them: to read the
/// annotations of all of them takes the JVM a tenth of a second.
///
/// @param name as its annotation has it
record CommandTree(String name, Supplier<?> command, List<CommandTree> below) {
  private static final List<CommandTree> ALL =
      List.of(
          leaf("init", InitCommand::new),
          leaf("lock", LockCommand::new),
          leaf("build", BuildCommand::new),
          leaf("log", LogCommand::new),
          new CommandTree(
              "gmp",
              GmpCommand::new,
              List.of(
                  leaf("verify", GmpCommand.Verify::new),
                  leaf("recommend", GmpCommand.Recommend::new))),
          new CommandTree(
              "store",
              StoreCommand::new,
              List.of(
                  leaf("add", StoreCommand.Add::new),
                  leaf("dump", StoreCommand.Dump::new),
                  leaf("restore", StoreCommand.Restore::new),
                  leaf("hash", StoreCommand.HashPath::new),
                  leaf("path-info", StoreCommand.ShowInfo::new),
                  leaf("query", StoreCommand.Query::new),
                  leaf("verify", StoreCommand.Verify::new),
                  leaf("realise", StoreCommand.Realise::new))),
          new CommandTree(
              "derivation",
              DerivationCommand::new,
              List.of(
                  leaf("show", DerivationCommand.Show::new),
                  leaf("path", DerivationCommand.PathOf::new))));

  private static CommandTree leaf(String name, Supplier<?> command) {
    return new CommandTree(name, command, List.of());
  }

  /// What understands the command line `args`: all commands that a word of it may name, and where
  /// none is named, as for help, every one.
  static CommandLine understanding(SynapseCommand synapse, String... args) {
    CommandLine line = new CommandLine(synapse);
    add(line, ALL, Arrays.asList(args));
    return line;
  }

  private static void add(CommandLine parent, List<CommandTree> below, List<String> words) {
    List<CommandTree> named = below.stream().filter(each -> words.contains(each.name)).toList();
    for (CommandTree each : named.isEmpty() ? below : named) {
      CommandLine line = new CommandLine(each.command.get());
      parent.addSubcommand(each.name, line);
      add(line, each.below, words);
    }
  }
}
