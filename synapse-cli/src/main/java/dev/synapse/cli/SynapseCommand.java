package dev.synapse.cli;

import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
          say(ExitCode.USAGE, Failure.firstLine(problem).replaceFirst("^Error: ", ""));
          err.println(
              "hint: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
          return ExitCode.USAGE.status();
        });
    line.setExecutionExceptionHandler((problem, _, _) -> report(problem));
    return line.execute(args);
  }

  /// Says what went wrong, and answers the exit code that says whose fault it is.
  private int report(Exception problem) {
    Optional<Failure> known = Failure.of(problem);
    if (known.isEmpty()) {
      err.println("error: a bug in Synapse; please report it with what follows");
      problem.printStackTrace(err);
      return ExitCode.BUG.status();
    }
    Failure failure = known.get();
    failure.errors().forEach(each -> say(failure.exitCode(), each));
    failure.hint().ifPresent(hint -> err.println("hint: " + PlainText.of(hint)));
    return failure.exitCode().status();
  }

  /// Prints an error, each of its lines for itself, whatever is in it: see [PlainText].
  private int say(ExitCode exitCode, String message) {
    message.lines().forEach(line -> err.println("error: " + PlainText.of(line)));
    return exitCode.status();
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
