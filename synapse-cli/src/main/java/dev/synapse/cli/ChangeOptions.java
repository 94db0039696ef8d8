package dev.synapse.cli;

import dev.synapse.gmp.change.ChangeException;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.GitChange;
import dev.synapse.gmp.change.Patch;
import dev.synapse.gmp.output.ResultReader;
import dev.synapse.gmp.verdict.PastRecord;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// What changed, and what it is compared with.
final class ChangeOptions {
  private final SynapseCommand synapse;
  private final Supplier<Optional<String>> patch;
  private final Supplier<Optional<String>> base;
  private final Supplier<Optional<String>> baseline;

  ChangeOptions(SynapseCommand synapse, Syntax syntax) {
    this.synapse = synapse;
    patch = syntax.option("--patch", "FILE", "What changed, as a unified difference.");
    base =
        syntax.option(
            "--base", "COMMIT", "What changed, from where the work left COMMIT; asks git.");
    baseline =
        syntax.option(
            "--baseline",
            "FILE",
            "The judgement of the commit that the change starts from (default: of a build, the"
                + " record of that commit).");
  }

  /// What changed; empty when it was not asked for.
  Optional<ChangedLines> change() throws Exception {
    if (patch.get().isPresent() && base.get().isPresent()) {
      throw CommandException.usage("--patch and --base exclude each other");
    }
    try {
      if (patch.get().isPresent()) {
        return Optional.of(Patch.read(synapse.file(Path.of(patch.get().get()))));
      }
      return base.get().isPresent()
          ? Optional.of(GitChange.since(synapse.folder(), base.get().get()))
          : Optional.empty();
    } catch (ChangeException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  /// The judgement to compare with; empty when none was named.
  Optional<PastRecord> baseline() throws Exception {
    return baseline.get().isEmpty()
        ? Optional.empty()
        : Optional.of(record(synapse, baseline.get().get()));
  }

  /// An earlier judgement in a file.
  static PastRecord record(SynapseCommand synapse, String file) throws Exception {
    try {
      return ResultReader.read(synapse.file(Path.of(file)), "");
    } catch (ResultReader.ResultException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
