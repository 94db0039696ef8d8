package dev.synapse.cli;

import dev.synapse.events.EventBus;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.function.Supplier;

/// `synapse log`: what a builder wrote.
final class LogCommand extends Subcommand {
  private final Supplier<Optional<String>> what =
      syntax.optionalParameter(
          "WHAT",
          "A package (.#NAME or NAME), a derivation, or a path that was built (default: the"
              + " project's package).");

  private final Syntax.Flag json =
      syntax.flag("--json", "Print an object with the log as its text.");

  LogCommand(SynapseCommand synapse) {
    super(synapse, "log", "Print the log of a build.");
  }

  @Override
  ExitCode run() throws Exception {
    try (LocalStore store = synapse.openStore()) {
      StorePath derivation = derivation(store);
      try (InputStream log =
          store
              .logs()
              .reader(derivation)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.REFUSED,
                          "there is no log of '%s' in this store".formatted(derivation)))) {
        if (json.given()) {
          Json.print(
              synapse.out(),
              Json.object(
                  "drvPath",
                  derivation.toString(),
                  "log",
                  store.logPath(derivation).toString(),
                  "text",
                  new String(log.readAllBytes(), StandardCharsets.UTF_8)));
        } else {
          OutputStream out = PlainText.data(synapse.out());
          log.transferTo(out);
          out.flush();
        }
      }
    }
    return ExitCode.DONE;
  }

  private StorePath derivation(LocalStore store) throws Exception {
    String wanted = what.get().orElse("");
    boolean isPath =
        wanted.startsWith(StoreDirectory.NIX.directory() + "/")
            || (!wanted.startsWith(".#") && wanted.indexOf('/') >= 0)
            || wanted.equals("result")
            // result-NAME, of another output; a package of that name is .#result-NAME
            || (!wanted.isEmpty() && Files.isSymbolicLink(synapse.folder().resolve(wanted)));
    if (isPath) {
      StorePath path = synapse.storePath(wanted);
      if (path.isDerivation()) {
        return path;
      }
      return store
          .deriver(path)
          .orElseThrow(
              () ->
                  new CommandException(
                      ExitCode.REFUSED,
                      "'%s' was not built: it has no derivation".formatted(path)));
    }
    try (Workshop workshop = new Workshop(synapse, store, new EventBus())) {
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      return project.plan(project.find(what.get())).storePath();
    }
  }
}
