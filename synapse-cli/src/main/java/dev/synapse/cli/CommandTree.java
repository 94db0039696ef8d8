package dev.synapse.cli;

import dev.synapse.gmp.record.Decision;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// A command and those below it, made only as far as a command line needs them: to tell picocli of
/// all of them takes the JVM longer than to run a short one.
///
/// @param name the word that calls it
record CommandTree(
    String name, Function<SynapseCommand, Command> command, List<CommandTree> below) {
  private static final List<CommandTree> ALL =
      List.of(
          leaf("init", InitCommand::new),
          leaf("lock", LockCommand::new),
          leaf("build", BuildCommand::new),
          leaf("log", LogCommand::new),
          group(
              "gmp",
              "Judge measured quality against a stage.",
              List.of(
                  leaf("verify", GmpCommand.Verify::new),
                  leaf("recommend", GmpCommand.Recommend::new),
                  leaf("report", GmpCommand.Report::new))),
          group(
              "batch",
              "Look into batch records, check their trail, release and reject.",
              List.of(
                  leaf("list", BatchCommand.ListAll::new),
                  leaf("show", BatchCommand.Show::new),
                  leaf("verify", BatchCommand.Verify::new),
                  leaf("export", BatchCommand.Export::new),
                  leaf("release", synapse -> new BatchDecision(synapse, Decision.Verb.RELEASE)),
                  leaf("reject", synapse -> new BatchDecision(synapse, Decision.Verb.REJECT)))),
          group(
              "attest",
              "Make and check signed statements about batches.",
              List.of(
                  leaf("make", AttestCommand.Make::new),
                  leaf("verify", AttestCommand.Verify::new))),
          group(
              "store",
              "Work with store objects and archives.",
              List.of(
                  leaf("add", StoreCommand.Add::new),
                  leaf("dump", StoreCommand.Dump::new),
                  leaf("restore", StoreCommand.Restore::new),
                  leaf("hash", StoreCommand.HashPath::new),
                  leaf("path-info", StoreCommand.ShowInfo::new),
                  leaf("query", StoreQuery::new),
                  leaf("add-fixed", StoreContents.AddFixed::new),
                  leaf("cat", StoreContents.Cat::new),
                  leaf("ls", StoreContents.Ls::new),
                  leaf("export", StoreTransfer.Export::new),
                  leaf("import", StoreTransfer.Import::new),
                  leaf("verify", StoreCare.Verify::new),
                  leaf("optimise", StoreCare.Optimise::new),
                  leaf("rebuild-db", StoreCare.Rebuild::new),
                  leaf("roots", StoreGarbage.Roots::new),
                  leaf("gc", StoreGarbage.Gc::new),
                  leaf("delete", StoreGarbage.Delete::new),
                  leaf("realise", RealiseCommand::new))),
          group(
              "cache",
              "Share store paths through binary caches.",
              List.of(
                  leaf("push", CacheCommand.Push::new),
                  leaf("pull", CacheCommand.Pull::new),
                  leaf("sign", CacheCommand.Sign::new),
                  leaf("verify", CacheCommand.Verify::new),
                  leaf("keygen", CacheCommand.Keygen::new),
                  leaf("serve", CacheCommand.Serve::new))),
          group(
              "derivation",
              "Look into derivation files.",
              List.of(
                  leaf("show", DerivationCommand.Show::new),
                  leaf("path", DerivationCommand.PathOf::new))));

  private static CommandTree leaf(String name, Function<SynapseCommand, Command> command) {
    return new CommandTree(name, command, List.of());
  }

  private static CommandTree group(String name, String description, List<CommandTree> below) {
    return new CommandTree(name, _ -> Command.group(name, description), below);
  }

  /// What understands the command line `args`: all commands that a word of it may name, and where
  /// none is named, as for help, every one.
  static CommandLine understanding(SynapseCommand synapse, String... args) {
    CommandSpec spec = synapse.syntax.spec();
    add(spec, ALL, synapse, Arrays.asList(args));
    return new CommandLine(spec);
  }

  private static void add(
      CommandSpec parent, List<CommandTree> below, SynapseCommand synapse, List<String> words) {
    List<CommandTree> named = below.stream().filter(each -> words.contains(each.name)).toList();
    for (CommandTree each : named.isEmpty() ? below : named) {
      CommandSpec spec = each.command.apply(synapse).syntax.spec();
      parent.addSubcommand(each.name, spec);
      add(spec, each.below, synapse, words);
    }
  }
}
