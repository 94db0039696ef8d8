package dev.synapse.cli;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.derivation.DerivationOutput;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The commands below `synapse derivation`: look into derivation files.
final class DerivationCommand {
  private static final String SUFFIX = ".drv";

  private DerivationCommand() {}

  /// Reads a derivation file; its name gives the derivation's, without a digest before it.
  static Derivation read(Path file, String fileName)
      throws CommandException, DerivationException, IOException {
    if (!fileName.endsWith(SUFFIX)) {
      throw CommandException.usage("'%s' does not end in .drv".formatted(file));
    }
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    if (name.length() > StorePath.DIGEST_LENGTH
        && name.charAt(StorePath.DIGEST_LENGTH) == '-'
        && name.substring(0, StorePath.DIGEST_LENGTH).matches("[0-9a-df-np-sv-z]+")) {
      name = name.substring(StorePath.DIGEST_LENGTH + 1);
    }
    return Derivation.parse(Files.readAllBytes(file), name);
  }

  static void requireDerivation(StorePath path) throws CommandException {
    if (!path.isDerivation()) {
      throw CommandException.usage("'%s' is no derivation".formatted(path));
    }
  }

  private static Derivation open(SynapseCommand synapse, String given) throws Exception {
    if (given.startsWith(StoreDirectory.NIX.directory() + "/")) {
      try (LocalStore store = synapse.openStore()) {
        StorePath path = StorePath.parse(given);
        if (!store.isValid(path)) {
          throw new CommandException(ExitCode.REFUSED, "'%s' is not in the store".formatted(path));
        }
        requireDerivation(path);
        return store.readDerivation(path);
      }
    }
    Path file = synapse.file(Path.of(given));
    return read(file, String.valueOf(file.getFileName()));
  }

  /// Computes the output paths and refuses a file that says others. What it builds on is read from
  /// the store.
  private static void requireRightPaths(SynapseCommand synapse, Derivation derivation)
      throws Exception {
    if (derivation.inputDerivations().isEmpty()) {
      derivation.check(new DerivationHasher(_ -> derivation));
      return;
    }
    try (LocalStore store = synapse.openStore()) {
      derivation.check(new DerivationHasher(store.derivations()));
    }
  }

  /// `synapse derivation show`.
  static final class Show extends Subcommand {
    private final Supplier<String> file =
        syntax.parameter("FILE.drv", "A file, or a path of the store.");

    // Every query takes this option; here it changes nothing.
    @SuppressWarnings("unused")
    private final Syntax.Flag json = syntax.flag("--json", "Print JSON, as it does anyway.");

    Show(SynapseCommand synapse) {
      super(synapse, "show", "Print a derivation as JSON, as 'nix derivation show' does.");
    }

    @Override
    ExitCode run() throws Exception {
      Derivation derivation = open(synapse, file.get());
      Json.print(synapse.out(), Json.object(derivation.storePath().toString(), asJson(derivation)));
      return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> asJson(Derivation derivation) {
      Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
      derivation
          .outputs()
          .forEach((name, output) -> outputs.put(name, asJson(derivation, name, output)));
      Map<String, @Nullable Object> inputs = new LinkedHashMap<>();
      derivation
          .inputDerivations()
          .forEach((path, names) -> inputs.put(path.toString(), names.stream().toList()));
      Map<String, @Nullable Object> env = new LinkedHashMap<>();
      derivation.env().forEach((key, value) -> env.put(key.utf8(), value.utf8()));
      return Json.object(
          "outputs",
          outputs,
          "inputSrcs",
          derivation.inputSources().stream().map(StorePath::toString).toList(),
          "inputDrvs",
          inputs,
          "system",
          derivation.system().utf8(),
          "builder",
          derivation.builder().utf8(),
          "args",
          derivation.args().stream().map(ByteString::utf8).toList(),
          "env",
          env);
    }

    private static Map<String, @Nullable Object> asJson(
        Derivation derivation, String name, DerivationOutput output) {
      Map<String, @Nullable Object> described = new LinkedHashMap<>();
      derivation.outputPath(name).ifPresent(path -> described.put("path", path.toString()));
      switch (output) {
        case DerivationOutput.Fixed(var recursive, var hash) -> {
          described.put("hashAlgo", (recursive ? "r:" : "") + hash.algorithm().label());
          described.put("hash", hash.toHex());
        }
        case DerivationOutput.Floating(var recursive, var algorithm) ->
            described.put("hashAlgo", (recursive ? "r:" : "") + algorithm.label());
        case DerivationOutput.Impure(var recursive, var algorithm) -> {
          described.put("hashAlgo", (recursive ? "r:" : "") + algorithm.label());
          described.put("impure", true);
        }
        case DerivationOutput.InputAddressed _, DerivationOutput.Deferred _ -> {
          // A path, or none, says it all.
        }
      }
      return described;
    }
  }

  /// `synapse derivation path`.
  static final class PathOf extends Subcommand {
    private final Supplier<String> file =
        syntax.parameter("FILE.drv", "A file, or a path of the store.");

    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    PathOf(SynapseCommand synapse) {
      super(synapse, "path", "Print the store path of a derivation and of its outputs, computed.");
    }

    @Override
    ExitCode run() throws Exception {
      Derivation derivation = open(synapse, file.get());
      requireRightPaths(synapse, derivation);
      Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
      derivation.outputPaths().forEach((name, path) -> outputs.put(name, path.toString()));
      if (json.given()) {
        Json.print(
            synapse.out(),
            Json.object("drvPath", derivation.storePath().toString(), "outputs", outputs));
      } else {
        synapse.out().println(derivation.storePath());
        outputs.forEach((name, path) -> synapse.out().println(name + " " + path));
      }
      return ExitCode.DONE;
    }
  }
}
