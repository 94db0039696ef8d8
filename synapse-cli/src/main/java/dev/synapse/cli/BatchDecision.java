package dev.synapse.cli;

import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.Decision;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.SignKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// `synapse batch release` and `synapse batch reject`: what a person decides, over their signature.
final class BatchDecision extends Subcommand {
  private final Decision.Verb verb;
  private final Supplier<String> id = syntax.parameter("ID", "The batch.");
  private final Supplier<Optional<String>> meaning =
      syntax.option("--meaning", "TEXT", "What the signature stands for, such as \"reviewed\".");
  private final Supplier<Optional<String>> by =
      syntax.option("--by", "NAME", "Who decides, as the allowed signers name them.");
  private final Supplier<Optional<String>> keyFile =
      syntax.option("--key", "FILE", "Sign with this private key of OpenSSH.");
  private final Supplier<Optional<String>> signed =
      syntax.option(
          "--signed", "FILE", "Take what --print wrote, signed in FILE.sig by ssh-keygen -Y sign.");
  private final Supplier<Optional<String>> signers =
      syntax.option(
          "--allowed-signers",
          "FILE",
          "Who may decide (default: synapse/keys/allowed_signers in the store's folder).");
  private final Syntax.Flag print =
      syntax.flag("--print", "Only print what is to be signed, for ssh-keygen -Y sign.");

  BatchDecision(SynapseCommand synapse, Decision.Verb verb) {
    super(
        synapse,
        verb.id(),
        switch (verb) {
          case RELEASE -> "Release a batch, as a second person, over a signature.";
          case REJECT -> "Reject a batch, over a signature.";
        });
    this.verb = verb;
  }

  @Override
  ExitCode run() throws Exception {
    BatchStore store = BatchStore.in(synapse.storeFolder());
    BatchRecord batch = store.ledger().require(id.get());
    if (print.given()) {
      synapse.out().write(decision(batch).message());
      synapse.out().flush();
      return ExitCode.DONE;
    }
    Decision.Signed decided = signed.get().isPresent() ? fromFile() : withKey(batch);
    if (!decided.decision().batch().equals(batch.id()) || decided.decision().verb() != verb) {
      throw CommandException.usage(
          "what was signed is not to %s %s".formatted(verb.id(), id.get()));
    }
    store.decide(decided, AllowedSigners.parse(Files.readString(signersFile())));
    synapse
        .err()
        .println(
            "%s is %s by %s"
                .formatted(
                    batch.id(),
                    store.ledger().require(id.get()).standing().id(),
                    decided.decision().by()));
    return ExitCode.DONE;
  }

  private Decision decision(BatchRecord batch) throws CommandException {
    String text = meaning.get().orElse("");
    if (text.isBlank() || by.get().isEmpty()) {
      throw CommandException.usage("a decision needs --by NAME and --meaning TEXT");
    }
    return new Decision(batch.id(), batch.result(), verb, by.get().get(), Instant.now(), text);
  }

  private Decision.Signed withKey(BatchRecord batch) throws Exception {
    if (keyFile.get().isEmpty()) {
      throw CommandException.usage(
          "there is nothing to sign with: give --key FILE or --signed FILE");
    }
    Path file = synapse.file(Path.of(keyFile.get().get()));
    return decision(batch).sign(SignKey.parse(Files.readString(file)));
  }

  private Decision.Signed fromFile() throws Exception {
    String name = signed.get().orElseThrow();
    Path text = synapse.file(Path.of(name));
    Path signature = synapse.file(Path.of(name + ".sig"));
    return new Decision.Signed(
        Decision.parseMessage(Files.readAllBytes(text)), Files.readString(signature));
  }

  private Path signersFile() throws CommandException {
    if (signers.get().isPresent()) {
      return synapse.file(Path.of(signers.get().get()));
    }
    Path usual = synapse.storeFolder().resolve("synapse/keys/allowed_signers");
    if (!Files.exists(usual)) {
      throw new CommandException(
          ExitCode.USAGE,
          "nobody may decide yet: there is no '%s'".formatted(usual),
          "a line there is 'NAME namespaces=\"synapse-gmp\" ssh-ed25519 AAAA…'; or give"
              + " --allowed-signers FILE");
    }
    return usual;
  }
}
