package dev.synapse.cli;

import dev.synapse.build.archive.ArchiveException;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.lock.LockException;
import dev.synapse.build.manifest.ManifestException;
import dev.synapse.build.maven.MavenException;
import dev.synapse.build.nix.NixException;
import dev.synapse.build.nix.NixProblem;
import dev.synapse.build.realise.RealiseException;
import dev.synapse.build.source.SourceException;
import dev.synapse.gmp.attest.AttestException;
import dev.synapse.gmp.osv.OsvException;
import dev.synapse.gmp.policy.PolicyException;
import dev.synapse.gmp.record.RecordException;
import dev.synapse.gmp.record.RecordProblem;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportProblem.BadPattern;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.waiver.WaiverException;
import dev.synapse.sandbox.SandboxUnavailableException;
import dev.synapse.store.cache.CacheException;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import dev.synapse.store.transfer.TransferException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The command line: what every command shares, and how each of them ends.
final class SynapseCommand extends Command {
  private static final int LINES = 1 << 16;

  private final Supplier<Optional<String>> folder =
      syntax.sharedOption("-C", "DIR", "Run as if started in this folder.");
  private final Supplier<Optional<String>> storeFolder =
      syntax.sharedOption(
          "--store",
          "DIR",
          "The store's folder (default: $SYNAPSE_HOME, else synapse in the user's data folder).");
  private final Supplier<List<String>> repositories =
      syntax.sharedOptions(
          "--repository",
          "NAME=URL",
          "Where the repository of that name is.",
          new RepositoryOption());

  /// Refuses a malformed option, also where nothing is fetched in the end.
  static final class RepositoryOption implements ITypeConverter<String> {
    @Override
    public String convert(String option) {
      try {
        Repositories.requireSound(option);
      } catch (FetchException e) {
        throw new TypeConversionException(e.problem().message());
      }
      return option;
    }
  }

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  SynapseCommand(Map<String, String> environment, PrintStream out, PrintStream err) {
    super("synapse", "Hermetic builds, quality gates and least-privilege templates.");
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  @Override
  ExitCode run() {
    // All commands, also where a word of the line bears the name of one.
    CommandTree.understanding(new SynapseCommand(environment, out, err)).usage(err);
    return ExitCode.USAGE;
  }

  int execute(String... args) {
    Optional<String> unreadable = CommandBytes.notUtf8(args);
    if (unreadable.isPresent()) {
      say(ExitCode.USAGE, "'%s' on the command line is not UTF-8".formatted(unreadable.get()));
      err.println("hint: give the folder that it is in: files in there may be called anything");
      return ExitCode.USAGE.status();
    }
    CommandLine line = CommandTree.understanding(this, args);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(
        (problem, _) -> {
          say(ExitCode.USAGE, firstLine(problem).replaceFirst("^Error: ", ""));
          err.println(
              "hint: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
          return ExitCode.USAGE.status();
        });
    line.setExecutionExceptionHandler((problem, _, _) -> report(problem));
    return line.execute(args);
  }

  /// Says what went wrong, and answers the exit code that says whose fault it is.
  private int report(Exception problem) {
    return switch (problem) {
      case CommandException e -> {
        say(e.exitCode(), String.valueOf(e.getMessage()));
        e.hint().ifPresent(hint -> err.println("hint: " + PlainText.of(hint)));
        yield e.exitCode().status();
      }
      case ManifestException e -> {
        e.problems().forEach(each -> say(ExitCode.USAGE, each.message()));
        yield ExitCode.USAGE.status();
      }
      case LockException e -> {
        e.problems().forEach(each -> say(ExitCode.USAGE, each.message()));
        yield ExitCode.USAGE.status();
      }
      case PolicyException e -> {
        e.problems().forEach(each -> say(ExitCode.USAGE, each.message()));
        yield ExitCode.USAGE.status();
      }
      case WaiverException e -> {
        e.problems().forEach(each -> say(ExitCode.REFUSED, each.message()));
        yield ExitCode.REFUSED.status();
      }
      case ReportException e when e.problems().stream().anyMatch(BadPattern.class::isInstance) -> {
        e.problems().forEach(each -> say(ExitCode.USAGE, each.message()));
        err.println("hint: patterns are relative to this folder, or to that of -C DIR");
        yield ExitCode.USAGE.status();
      }
      case ReportException e -> {
        e.problems().forEach(each -> say(ExitCode.REFUSED, each.message()));
        yield ExitCode.REFUSED.status();
      }
      case MavenException e -> {
        e.problems().forEach(each -> say(ExitCode.REFUSED, each.message()));
        yield ExitCode.REFUSED.status();
      }
      case SandboxUnavailableException e -> {
        say(ExitCode.ENVIRONMENT, e.problem().message());
        err.println("hint: " + e.problem().hint());
        yield ExitCode.ENVIRONMENT.status();
      }
      case NixException e -> {
        NixProblem nix = e.problem();
        say(nix.isUsage() ? ExitCode.USAGE : ExitCode.ENVIRONMENT, nix.message());
        if (!nix.hint().isEmpty()) {
          err.println("hint: " + PlainText.of(nix.hint()));
        }
        yield (nix.isUsage() ? ExitCode.USAGE : ExitCode.ENVIRONMENT).status();
      }
      case StorePathException _, DerivationException _, SourceException _ ->
          say(ExitCode.USAGE, firstLine(problem));
      case RealiseException _,
          InputException _,
          NarException _,
          ArchiveException _,
          TransferException _ ->
          say(ExitCode.REFUSED, String.valueOf(problem.getMessage()));
      case FetchException e when e.problem() instanceof FetchProblem.HashDiffers ->
          say(ExitCode.REFUSED, firstLine(e));
      case InterruptedException _, InterruptedIOException _, ClosedByInterruptException _ ->
          say(ExitCode.REFUSED, "interrupted");
      case RecordException e ->
          say(
              e.problem() instanceof RecordProblem.Unknown ? ExitCode.USAGE : ExitCode.REFUSED,
              e.problem().message());
      case AttestException _, OsvException _ -> say(ExitCode.REFUSED, firstLine(problem));
      case SignException e -> say(ExitCode.REFUSED, e.problem().message());
      case CacheException e -> say(CacheCommand.blame(e.problem()), e.problem().message());
      case StoreException e -> say(blame(e.problem()), inWords(e));
      case IOException e -> say(ExitCode.ENVIRONMENT, inWords(e));
      default -> {
        err.println("error: a bug in Synapse; please report it with what follows");
        problem.printStackTrace(err);
        yield ExitCode.BUG.status();
      }
    };
  }

  private static ExitCode blame(StoreProblem problem) {
    return switch (problem) {
      case StoreProblem.BadName _,
          StoreProblem.NoSource _,
          StoreProblem.NotAFile _,
          StoreProblem.BadDerivation _,
          StoreProblem.LinkTaken _,
          StoreProblem.LinkInStore _ ->
          ExitCode.USAGE;
      case StoreProblem.WrongHash _,
          StoreProblem.UnsupportedType _,
          StoreProblem.WritableByOthers _,
          StoreProblem.ForeignFile _,
          StoreProblem.NotValid _,
          StoreProblem.InvalidReference _,
          StoreProblem.ReferenceCycle _,
          StoreProblem.StillAlive _,
          StoreProblem.StillReferred _,
          StoreProblem.InUse _,
          StoreProblem.WrongAddress _ ->
          ExitCode.REFUSED;
      case StoreProblem.NotOwned _,
          StoreProblem.NotWritable _,
          StoreProblem.NoFolder _,
          StoreProblem.NotAFolder _,
          StoreProblem.UnknownSchema _,
          StoreProblem.NoDatabase _,
          StoreProblem.DamagedDatabase _,
          StoreProblem.BusyDatabase _,
          StoreProblem.StoreOpen _,
          StoreProblem.DiskFull _ ->
          ExitCode.ENVIRONMENT;
    };
  }

  /// Prints an error, each of its lines for itself, whatever is in it: see [PlainText].
  private int say(ExitCode exitCode, String message) {
    message.lines().forEach(line -> err.println("error: " + PlainText.of(line)));
    return exitCode.status();
  }

  private static String inWords(IOException problem) {
    return switch (problem) {
      case NoSuchFileException e -> "'%s' is not there".formatted(e.getFile());
      case AccessDeniedException e -> "'%s' may not be read or written".formatted(e.getFile());
      case FileSystemException e when e.getReason() != null ->
          "'%s': %s".formatted(e.getFile(), e.getReason());
      default -> firstLine(problem);
    };
  }

  private static String firstLine(Exception problem) {
    String message = problem.getMessage();
    return message == null
        ? problem.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  Map<String, String> environment() {
    return environment;
  }

  PrintStream out() {
    return out;
  }

  /// Where many lines of data go, which a terminal shows as plain text; whoever writes flushes it.
  Writer lines() {
    return new BufferedWriter(
        new OutputStreamWriter(PlainText.data(out), StandardCharsets.UTF_8), LINES);
  }

  PrintStream err() {
    return err;
  }

  List<String> repositories() {
    return repositories.get();
  }

  /// The folder the command works in, absolute.
  Path folder() {
    return Path.of(folder.get().orElse("")).toAbsolutePath().normalize();
  }

  /// What the command line names, of whatever kind.
  Path existing(Path given) throws CommandException {
    Path path = folder().resolve(given).normalize();
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandException.usage("'%s' is not there".formatted(given));
    }
    return path;
  }

  /// A file to be read.
  Path file(Path given) throws CommandException {
    return readable(existing(given));
  }

  /// Refuses a folder where a file is to be.
  static Path readable(Path file) throws CommandException {
    if (Files.isDirectory(file)) {
      throw CommandException.usage("'%s' is a folder, where a file is needed".formatted(file));
    }
    return file;
  }

  LocalStore openStore() throws IOException, CommandException {
    return LocalStore.open(storeFolder());
  }

  /// A store path as users write it: see [StoreReference].
  StorePath storePath(String text) throws StorePathException, CommandException {
    return StoreReference.parse(text, folder(), storeFolder());
  }

  /// The root folder of the store.
  Path storeFolder() throws CommandException {
    Optional<String> given = storeFolder.get();
    if (given.isPresent()) {
      return Path.of(given.get()).toAbsolutePath().normalize();
    }
    String named = environment.getOrDefault("SYNAPSE_HOME", "");
    if (!named.isEmpty()) {
      return Path.of(named).toAbsolutePath().normalize();
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    if (data.startsWith("/")) {
      return Path.of(data, "synapse");
    }
    String home = environment.getOrDefault("HOME", "");
    if (!home.startsWith("/")) {
      throw new CommandException(
          ExitCode.ENVIRONMENT,
          "no place for the store: none of SYNAPSE_HOME, XDG_DATA_HOME and HOME is set",
          "give one with --store DIR");
    }
    return Path.of(home, ".local", "share", "synapse");
  }
}
