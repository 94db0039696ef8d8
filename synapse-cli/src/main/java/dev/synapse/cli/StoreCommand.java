package dev.synapse.cli;

import dev.synapse.build.realise.RealiseResult;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `synapse store`: look into the store, and put things there.
@Command(
    name = "store",
    description = "Work with store objects and archives.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class StoreCommand implements Callable<Integer> {
  private static final int BUFFER = 1 << 16;

  @ParentCommand private SynapseCommand synapse;

  @Override
  public Integer call() throws CommandException {
    throw new CommandException(
        ExitCode.USAGE, "'synapse store' needs a command", "synapse store --help");
  }

  LocalStore open() throws Exception {
    return LocalStore.open(synapse.storeFolder());
  }

  private Path resolve(Path given) {
    return synapse.folder().resolve(given);
  }

  /// A store path as users write it: logical, physical, or something below one of these.
  private StorePath parse(String text) throws StorePathException, CommandException {
    return StoreReference.parse(text, synapse.folder(), synapse.storeFolder());
  }

  private static void require(LocalStore store, StorePath path) throws Exception {
    if (!store.isValid(path)) {
      throw new CommandException(ExitCode.REFUSED, "'%s' is not in the store".formatted(path));
    }
  }

  @Command(
      name = "add",
      description = "Copy a file or folder into the store and print its store path.",
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "PATH", description = "What to add.")
    private Path path;

    @Option(names = "--name", paramLabel = "NAME", description = "Its name (default: as it is).")
    private java.util.Optional<String> name = java.util.Optional.empty();

    @Option(names = "--json", description = "Print an object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Path source = parent.synapse.existing(path);
      String wanted = name.orElseGet(() -> String.valueOf(source.getFileName()));
      if (!StorePath.isName(wanted)) {
        throw new CommandException(
            ExitCode.USAGE,
            "'%s' is no name for a store object".formatted(wanted),
            "give one with --name: letters, digits and + - . _ ? =, at most 211");
      }
      try (LocalStore store = parent.open()) {
        StorePath added = store.addTree(source, wanted);
        if (json) {
          Json.print(parent.synapse.out(), Json.object("path", added.toString()));
        } else {
          parent.synapse.out().println(added);
        }
      }
      return ExitCode.DONE.status();
    }
  }

  @Command(
      name = "dump",
      description = "Write the archive (NAR) of a file or folder to standard output.",
      mixinStandardHelpOptions = true)
  static final class Dump implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "PATH", description = "What to archive.")
    private Path path;

    @Override
    public Integer call() throws Exception {
      OutputStream out = new BufferedOutputStream(parent.synapse.out(), BUFFER);
      Nar.write(parent.synapse.existing(path), out);
      out.flush();
      return ExitCode.DONE.status();
    }
  }

  @Command(
      name = "restore",
      description = "Make a file or folder of the archive (NAR) on standard input.",
      mixinStandardHelpOptions = true)
  static final class Restore implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "DEST", description = "What to make; must not exist.")
    private Path destination;

    @Override
    public Integer call() throws Exception {
      Path target = parent.resolve(destination);
      if (Files.exists(target, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        throw CommandException.usage("'%s' is there already".formatted(destination));
      }
      try {
        Nar.restoreWhole(System.in, target);
      } catch (IOException e) {
        throw StoreException.naming(e, target);
      }
      return ExitCode.DONE.status();
    }
  }

  @Command(
      name = "hash",
      description = "Print the hash of a file's or folder's archive.",
      mixinStandardHelpOptions = true)
  static final class HashPath implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "PATH", description = "What to hash.")
    private Path path;

    @ArgGroup private final Form form = new Form();

    @Option(names = "--json", description = "Print an object with hash and size.")
    private boolean json;

    /// How the hash is written.
    static final class Form {
      @Option(names = "--base32", description = "In Nix's base 32, without algorithm.")
      private boolean base32;

      @Option(names = "--hex", description = "In hexadecimal, without algorithm.")
      private boolean hex;
    }

    @Override
    public Integer call() throws Exception {
      NarHash hash = Nar.hash(parent.synapse.existing(path));
      if (json) {
        Json.print(
            parent.synapse.out(),
            Json.object("narHash", hash.hash().toSri(), "narSize", hash.size()));
      } else if (form.base32) {
        parent.synapse.out().println(hash.hash().toNix32());
      } else if (form.hex) {
        parent.synapse.out().println(hash.hash().toHex());
      } else {
        parent.synapse.out().println(hash.hash().toSri());
      }
      return ExitCode.DONE.status();
    }
  }

  @Command(
      name = "path-info",
      description = "Tell what the store knows of valid paths.",
      mixinStandardHelpOptions = true)
  static final class ShowInfo implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "Store paths.")
    private List<String> paths = List.of();

    @Option(names = "--all", description = "Every valid path.")
    private boolean all;

    @Option(names = "--json", description = "Print an array of objects.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      try (LocalStore store = parent.open()) {
        Collection<StorePath> wanted = new ArrayList<>();
        if (all) {
          wanted.addAll(store.allValid());
        }
        for (String path : paths) {
          wanted.add(parent.parse(path));
        }
        if (wanted.isEmpty() && !all) {
          throw CommandException.usage("no store path given; give some, or --all");
        }
        List<Object> found = new ArrayList<>();
        for (StorePath path : wanted) {
          require(store, path);
          PathInfo info = store.find(path).orElseThrow();
          found.add(asJson(info));
          if (!json) {
            parent.synapse.out().println(path);
          }
        }
        if (json) {
          Json.print(parent.synapse.out(), found);
        }
      }
      return ExitCode.DONE.status();
    }

    private static Object asJson(PathInfo info) {
      return Json.object(
          "path",
          info.path().toString(),
          "narHash",
          info.nar().hash().toSri(),
          "narSize",
          info.nar().size(),
          "references",
          info.references().stream().map(StorePath::toString).toList(),
          "deriver",
          info.deriver().map(StorePath::toString).orElse(null),
          "registrationTime",
          info.registrationTime(),
          "ultimate",
          info.ultimate(),
          "ca",
          info.contentAddress().map(Object::toString).orElse(null));
    }
  }

  @Command(
      name = "query",
      description = "Print what a store path refers to, or what refers to it.",
      mixinStandardHelpOptions = true)
  static final class Query implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @ArgGroup(multiplicity = "1")
    private Kind kind;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Store paths.")
    private List<String> paths;

    @Option(names = "--json", description = "Print an array.")
    private boolean json;

    /// What is asked.
    static final class Kind {
      @Option(names = "--references", description = "What it refers to.")
      private boolean references;

      @Option(names = "--referrers", description = "What refers to it.")
      private boolean referrers;

      @Option(names = "--requisites", description = "All it needs, itself included.")
      private boolean requisites;

      @Option(names = "--deriver", description = "The derivation that made it.")
      private boolean deriver;

      @Option(names = "--outputs", description = "The outputs of a derivation.")
      private boolean outputs;
    }

    @Override
    public Integer call() throws Exception {
      try (LocalStore store = parent.open()) {
        List<String> lines = new ArrayList<>();
        for (String text : paths) {
          StorePath path = parent.parse(text);
          require(store, path);
          for (StorePath found : answer(store, path)) {
            lines.add(found.toString());
          }
        }
        if (json) {
          Json.print(parent.synapse.out(), lines);
        } else {
          lines.forEach(parent.synapse.out()::println);
        }
      }
      return ExitCode.DONE.status();
    }

    private Collection<StorePath> answer(LocalStore store, StorePath path) throws Exception {
      if (kind.references) {
        return store.references(path);
      }
      if (kind.referrers) {
        return store.referrers(path);
      }
      if (kind.requisites) {
        return store.closure(List.of(path));
      }
      if (kind.deriver) {
        return store.deriver(path).map(List::of).orElse(List.of());
      }
      if (kind.outputs) {
        DerivationCommand.requireDerivation(path);
        return store.readDerivation(path).outputPaths().values();
      }
      throw new IllegalStateException("nothing was asked");
    }
  }

  @Command(
      name = "verify",
      description = "Check that what the store registered is there and unchanged.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Option(names = "--check-contents", description = "Hash every path again.")
    private boolean checkContents;

    @Option(names = "--json", description = "Print an array of problems.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      try (LocalStore store = parent.open()) {
        List<String> problems =
            store.verify(checkContents).stream().map(problem -> problem.message()).toList();
        if (json) {
          Json.print(parent.synapse.out(), problems);
        } else {
          problems.forEach(problem -> parent.synapse.err().println("error: " + problem));
        }
        return (problems.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED).status();
      }
    }
  }

  @Command(
      name = "realise",
      description = "Build a derivation and what it needs; print its output paths.",
      mixinStandardHelpOptions = true)
  static final class Realise implements Callable<Integer> {
    @ParentCommand private StoreCommand parent;

    @Parameters(paramLabel = "FILE.drv", arity = "1..*", description = "Derivations.")
    private List<String> derivations;

    @Option(
        names = "--sandbox-path",
        paramLabel = "INSIDE[=OUTSIDE]",
        description =
            "Show a path of this machine to builders, as Nix's option sandbox-paths does. What is"
                + " built then depends on it.")
    private List<String> sandboxPaths = List.of();

    @Option(names = "--keep-failed", description = "Keep the build directory of a failed build.")
    private boolean keepFailed;

    @Option(
        names = {"-L", "--print-build-logs"},
        description = "Show all that builders write.")
    private boolean printLogs;

    @Option(names = "--json", description = "Print an array of objects, one for each derivation.")
    private boolean json;

    private final List<Object> results = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
      List<Mount> mounts = new ArrayList<>();
      for (String given : sandboxPaths) {
        int equals = given.indexOf('=');
        String inside = equals < 0 ? given : given.substring(0, equals);
        String outside = equals < 0 ? given : given.substring(equals + 1);
        if (!inside.startsWith("/") || !outside.startsWith("/")) {
          throw CommandException.usage(
              "--sandbox-path takes absolute paths, not '%s'".formatted(given));
        }
        mounts.add(new Mount.ReadOnly(Path.of(outside), Path.of(inside)));
      }
      EventBus bus = new EventBus();
      Terminal terminal = Terminal.of(parent.synapse, printLogs);
      try (LocalStore store = parent.open();
          var _ = bus.subscribe(terminal);
          Workshop workshop = new Workshop(parent.synapse, store, bus)) {
        List<StorePath> wanted = new ArrayList<>();
        for (String given : derivations) {
          wanted.add(derivation(store, given));
        }
        Realiser realiser =
            workshop
                .realisers()
                .with(
                    new RealiseSettings(
                        Limits.NONE,
                        Runtime.getRuntime().availableProcessors(),
                        keepFailed,
                        mounts));
        for (StorePath path : wanted) {
          switch (realiser.realise(path)) {
            case RealiseResult.Present(_, var outputs) -> realised(path, outputs, false);
            case RealiseResult.Built(_, var outputs, _, _) -> realised(path, outputs, true);
            case RealiseResult.Failed failed -> {
              terminal.failed(failed);
              results.add(
                  Json.object(
                      "drvPath",
                      failed.derivation().toString(),
                      "outputs",
                      Map.of(),
                      "built",
                      false,
                      "error",
                      failed.reason()));
              printResults();
              return ExitCode.REFUSED.status();
            }
          }
        }
      }
      printResults();
      return ExitCode.DONE.status();
    }

    private void realised(StorePath derivation, Map<String, StorePath> outputs, boolean built) {
      if (!json) {
        outputs.values().forEach(parent.synapse.out()::println);
      }
      Map<String, @Nullable Object> paths = new LinkedHashMap<>();
      outputs.forEach((name, path) -> paths.put(name, path.toString()));
      results.add(Json.object("drvPath", derivation.toString(), "outputs", paths, "built", built));
    }

    private void printResults() {
      if (json) {
        Json.print(parent.synapse.out(), results);
      }
    }

    /// A derivation of the store, or a file outside of it, which is added with its name.
    private StorePath derivation(LocalStore store, String given) throws Exception {
      Path file = parent.resolve(Path.of(given));
      String fileName = String.valueOf(file.getFileName());
      if (given.startsWith(StoreDirectory.NIX.directory() + "/")
          || file.startsWith(parent.synapse.storeFolder())) {
        StorePath path = parent.parse(given);
        require(store, path);
        DerivationCommand.requireDerivation(path);
        return path;
      }
      return store.addDerivation(
          DerivationCommand.read(parent.synapse.file(Path.of(given)), fileName));
    }
  }
}
