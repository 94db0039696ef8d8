package dev.synapse.cli;

import dev.synapse.events.EventBus;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `synapse log`: what a builder wrote.
@Command(name = "log", description = "Print the log of a build.", mixinStandardHelpOptions = true)
final class LogCommand implements Callable<Integer> {
  @ParentCommand private SynapseCommand synapse;

  @Parameters(
      paramLabel = "WHAT",
      arity = "0..1",
      description =
          "A package (.#NAME or NAME), a derivation, or a path that was built (default: the"
              + " project's package).")
  private Optional<String> what = Optional.empty();

  @Option(names = "--json", description = "Print an object with the log as its text.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    try (LocalStore store = LocalStore.open(synapse.storeFolder())) {
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
        if (json) {
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
          log.transferTo(synapse.out());
        }
      }
    }
    return ExitCode.DONE.status();
  }

  private StorePath derivation(LocalStore store) throws Exception {
    String wanted = what.orElse("");
    boolean isPath =
        wanted.startsWith(StoreDirectory.NIX.directory() + "/")
            || (!wanted.startsWith(".#") && wanted.indexOf('/') >= 0)
            || wanted.equals("result")
            // result-NAME, of another output; a package of that name is .#result-NAME
            || (!wanted.isEmpty() && Files.isSymbolicLink(synapse.folder().resolve(wanted)));
    if (isPath) {
      StorePath path = StoreReference.parse(wanted, synapse.folder(), synapse.storeFolder());
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
      return project.plan(project.find(what)).storePath();
    }
  }
}
