package dev.synapse.cli;

import dev.synapse.gmp.record.BatchExport;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.TrailHead;
import dev.synapse.gmp.record.TrailVerdict;
import dev.synapse.gmp.sign.VerifyKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The commands below `synapse batch`: records of what was built and judged.
final class BatchCommand {
  private BatchCommand() {}

  private static Object summary(BatchRecord batch) {
    Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
    batch.label().outputs().forEach((name, path) -> outputs.put(name, path.toString()));
    return Json.object(
        "id",
        batch.id().toString(),
        "name",
        batch.label().name(),
        "standing",
        batch.standing().id(),
        "actor",
        batch.event().actor(),
        "finished",
        batch.event().finished().toString(),
        "derivation",
        batch.label().derivation().toString(),
        "outputs",
        outputs,
        "result",
        batch.result());
  }

  /// `synapse batch list`.
  static final class ListAll extends Subcommand {
    private final Syntax.Flag json = syntax.flag("--json", "Print an array of objects.");

    ListAll(SynapseCommand synapse) {
      super(synapse, "list", "List every batch, first to last, and where it stands.");
    }

    @Override
    ExitCode run() throws Exception {
      List<BatchRecord> batches = BatchStore.in(synapse.storeFolder()).ledger().all();
      if (json.given()) {
        Json.print(synapse.out(), batches.stream().map(BatchCommand::summary).toList());
      } else {
        for (BatchRecord batch : batches) {
          synapse
              .out()
              .println(
                  "%s  %s  %-24s  %s"
                      .formatted(
                          batch.id(),
                          batch.event().finished(),
                          batch.standing().id(),
                          batch.label().name()));
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse batch show`.
  static final class Show extends Subcommand {
    private final Supplier<String> id = syntax.parameter("ID", "The batch.");
    private final Syntax.Flag json = syntax.flag("--json", "Print one object.");

    Show(SynapseCommand synapse) {
      super(synapse, "show", "Show the record of a batch: its result, its event, decisions.");
    }

    @Override
    ExitCode run() throws Exception {
      BatchStore store = BatchStore.in(synapse.storeFolder());
      BatchRecord batch = store.ledger().require(id.get());
      BatchResult result = store.result(batch);
      if (json.given()) {
        Json.print(
            synapse.out(),
            Json.object(
                "id",
                batch.id().toString(),
                "standing",
                batch.standing().id(),
                "result",
                Json.parse(result.toJson()),
                "event",
                batch.eventJson(),
                "decisions",
                batch.decisionsJson()));
      } else {
        BatchExport.text(batch, result).forEach(line -> synapse.out().println(PlainText.of(line)));
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse batch verify`.
  static final class Verify extends Subcommand {
    private final Supplier<List<String>> heads =
        syntax.options("--head", "FILE", "Require that the trail holds what this head says.");
    private final Supplier<List<String>> keys =
        syntax.options("--key", "FILE", "Trust heads of this public key (default: this store's).");
    private final Syntax.Flag json = syntax.flag("--json", "Print one object.");

    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Check the whole trail, offline; name the first broken entry.");
    }

    @Override
    ExitCode run() throws Exception {
      List<TrailHead> given = new ArrayList<>();
      for (String head : heads.get()) {
        given.add(TrailHead.read(synapse.file(Path.of(head))));
      }
      List<VerifyKey> trusted = new ArrayList<>();
      for (String key : keys.get()) {
        trusted.add(VerifyKey.parse(Files.readString(synapse.file(Path.of(key)))));
      }
      TrailVerdict verdict = BatchStore.in(synapse.storeFolder()).verify(given, trusted);
      if (json.given()) {
        print(verdict);
      } else {
        say(verdict);
      }
      return verdict.sound() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private void print(TrailVerdict verdict) {
      Json.print(
          synapse.out(),
          Json.object(
              "sound",
              verdict.sound(),
              "entries",
              verdict.entries(),
              "batches",
              verdict.batches(),
              "hash",
              verdict.hash(),
              "heads",
              verdict.heads(),
              "keys",
              verdict.keys().stream().map(VerifyKey::fingerprint).toList(),
              "tornBytes",
              verdict.torn(),
              "broken",
              verdict.broken().map(problem -> problem.message()).orElse(null)));
    }

    private void say(TrailVerdict verdict) {
      if (verdict.torn() > 0) {
        synapse
            .err()
            .println(
                "warning: %d bytes of an unfinished entry at the end: a write was interrupted"
                    .formatted(verdict.torn()));
      }
      if (verdict.broken().isPresent()) {
        String problem = verdict.broken().get().message();
        synapse.err().println("error: " + PlainText.of(problem));
      } else {
        synapse
            .out()
            .println(
                "%d entries, %d batches, %d signed heads: sound"
                    .formatted(verdict.entries(), verdict.batches(), verdict.heads()));
      }
    }
  }

  /// `synapse batch export`.
  static final class Export extends Subcommand {
    private final Supplier<String> id = syntax.parameter("ID", "The batch.");
    private final Supplier<Optional<String>> out =
        syntax.option("--out", "DIR", "A new folder (default: the batch's id).");

    Export(SynapseCommand synapse) {
      super(synapse, "export", "Write a complete copy of a record, for people and for machines.");
    }

    @Override
    ExitCode run() throws Exception {
      BatchStore store = BatchStore.in(synapse.storeFolder());
      BatchRecord batch = store.ledger().require(id.get());
      Path folder = synapse.folder().resolve(out.get().orElse(id.get()));
      if (Files.exists(folder)) {
        throw CommandException.usage("'%s' is there already".formatted(folder));
      }
      new BatchExport(store).write(batch, folder);
      if (!Printer.toPdf(folder.resolve(BatchExport.PAGE), folder.resolve("record.pdf"))) {
        synapse.err().println("no record.pdf: there is no Chromium here to print it");
      }
      synapse.out().println(folder);
      return ExitCode.DONE;
    }
  }
}
