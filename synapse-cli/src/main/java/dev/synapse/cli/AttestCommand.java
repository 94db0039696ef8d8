package dev.synapse.cli;

import dev.synapse.build.lock.Lock;
import dev.synapse.events.EventBus;
import dev.synapse.gmp.attest.Attestations;
import dev.synapse.gmp.attest.BillOfMaterials;
import dev.synapse.gmp.attest.Component;
import dev.synapse.gmp.attest.Envelope;
import dev.synapse.gmp.attest.Statements;
import dev.synapse.gmp.record.BatchLedger;
import dev.synapse.gmp.record.BatchOutput;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.CompoundId;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.VerifyKey;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The commands below `synapse attest`: signed statements about batches.
final class AttestCommand {
  private AttestCommand() {}

  /// `synapse attest make`.
  static final class Make extends Subcommand {
    private final Supplier<String> what =
        syntax.parameter("BATCH|.#NAME", "A batch, or the newest one of a package.");
    private final Supplier<Optional<String>> out =
        syntax.option("--out", "DIR", "A new folder (default: attestations).");
    private final Supplier<Optional<String>> keyFile =
        syntax.option(
            "--key", "FILE", "Sign with this private key of OpenSSH (default: the trail's).");

    Make(SynapseCommand synapse) {
      super(synapse, "make", "Write signed statements about a batch, and its bill of materials.");
    }

    @Override
    ExitCode run() throws Exception {
      Path folder = synapse.folder().resolve(out.get().orElse("attestations"));
      if (Files.exists(folder)) {
        throw CommandException.usage("'%s' is there already".formatted(folder));
      }
      try (LocalStore store = synapse.openStore()) {
        BatchStore batches = BatchStore.in(store.root());
        BatchRecord batch = batch(store, batches.ledger());
        BatchResult result = batches.result(batch);
        Optional<Path> lock = batches.lockFile(result);
        Collection<Component> components =
            lock.isPresent() ? Component.of(Lock.read(lock.get())) : List.of();
        JsonNode bom = BillOfMaterials.of(result, components, closure(store, result));
        SignKey key = key(batches);
        Attestations.sign(new Statements(batch, result, components), bom, key).write(folder, key);
      }
      synapse.out().println(folder);
      return ExitCode.DONE;
    }

    private BatchRecord batch(LocalStore store, BatchLedger ledger) throws Exception {
      if (CompoundId.parse(what.get()).isPresent()) {
        return ledger.require(what.get());
      }
      try (Workshop workshop = new Workshop(synapse, store, new EventBus())) {
        OpenProject project = OpenProject.in(synapse.folder(), workshop);
        var outputs = project.plan(project.find(Optional.of(what.get()))).outputPaths();
        return ledger
            .newestOf(outputs.values().iterator().next())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.REFUSED,
                        "there is no batch of '%s'".formatted(what.get()),
                        "synapse build records one, of a package with a gate"));
      }
    }

    private static Collection<BatchOutput> closure(LocalStore store, BatchResult result)
        throws Exception {
      List<StorePath> outputs = result.outputs().values().stream().map(BatchOutput::path).toList();
      List<BatchOutput> closure = new ArrayList<>();
      for (StorePath path : store.closure(outputs)) {
        PathInfo info = store.find(path).orElseThrow();
        closure.add(new BatchOutput(path, info.narHash().toSri(), info.narSize()));
      }
      return closure;
    }

    private SignKey key(BatchStore batches) throws Exception {
      return keyFile.get().isPresent()
          ? SignKey.parse(Files.readString(synapse.file(Path.of(keyFile.get().get()))))
          : batches.key().get();
    }
  }

  /// `synapse attest verify`.
  static final class Verify extends Subcommand {
    private final Supplier<String> file =
        syntax.parameter("FILE", "An envelope (DSSE) or a Sigstore bundle.");
    private final Supplier<Optional<String>> keyFile =
        syntax.option("--key", "PUB", "The public key: PEM, or OpenSSH's line.");
    private final Syntax.Flag json = syntax.flag("--json", "Print the statement.");

    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Check who signed a statement; print what it is about.");
    }

    @Override
    ExitCode run() throws Exception {
      if (keyFile.get().isEmpty()) {
        throw CommandException.usage("a check needs --key PUB: whom to trust is not in the file");
      }
      VerifyKey key = VerifyKey.parse(Files.readString(synapse.file(Path.of(keyFile.get().get()))));
      JsonNode statement =
          Envelope.parse(Files.readAllBytes(synapse.file(Path.of(file.get())))).verify(key);
      if (json.given()) {
        Json.print(synapse.out(), statement);
        return ExitCode.DONE;
      }
      synapse.out().println(PlainText.of(statement.path("predicateType").asString("")));
      for (JsonNode subject : statement.path("subject").values()) {
        synapse
            .out()
            .println(
                PlainText.of(
                    "%s sha256:%s"
                        .formatted(
                            subject.path("name").asString(""),
                            subject.path("digest").path("sha256").asString(""))));
      }
      return ExitCode.DONE;
    }
  }
}
