package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A bubblewrap that works on this machine: it made a sandbox a moment ago.
///
/// @see <a href="https://github.com/containers/bubblewrap">bubblewrap</a>
public final class Bubblewrap {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/bin/bwrap"),
          Path.of("/usr/local/bin/bwrap"),
          Path.of("/run/wrappers/bin/bwrap"),
          Path.of("/run/current-system/sw/bin/bwrap"));
  private static final Pattern VERSION =
      Pattern.compile("bubblewrap (?<version>(?<major>\\d+)\\.(?<minor>\\d+)\\.\\d+)\\s*");
  private static final int MINOR_WITH_DISABLE_USERNS = 8;
  private static final int MINOR_WITH_PROGRAM_NAME = 9;
  private static final long TRIAL_SECONDS = 20;
  private static final long TRIAL_SHARED_MEMORY_BYTES = 1L << 20;

  private final List<RawText> command;
  private final String version;

  private Bubblewrap(List<RawText> command, String version) {
    this.command = List.copyOf(command);
    this.version = version;
  }

  /// The system's bubblewrap, tried out (about 20 ms).
  ///
  /// @throws SandboxUnavailableException if there is none or it can't make a sandbox
  public static Bubblewrap locate() throws SandboxUnavailableException, InterruptedException {
    return locate(PLACES);
  }

  /// The first that is at one of `places`.
  static Bubblewrap locate(List<Path> places)
      throws SandboxUnavailableException, InterruptedException {
    for (Path place : places) {
      if (Files.isExecutable(place)) {
        return tried(List.of(place.toString()));
      }
    }
    throw new SandboxUnavailableException(
        new SandboxProblem.NoBubblewrap(places.stream().map(Path::toString).toList()));
  }

  /// The bubblewrap that `commandLine` starts, tried out: for one that was unpacked somewhere, its
  /// loader with `--library-path` and the program. The first element is an absolute path.
  ///
  /// @throws SandboxUnavailableException if it can't make a sandbox
  public static Bubblewrap tried(List<String> commandLine)
      throws SandboxUnavailableException, InterruptedException {
    return tried(commandLine, new KernelSettings(Path.of("/proc")));
  }

  static Bubblewrap tried(List<String> commandLine, KernelSettings settings)
      throws SandboxUnavailableException, InterruptedException {
    String program = String.join(" ", commandLine);
    String version = version(commandLine, program);
    Trial trial = run(commandLine, trialOptions());
    if (trial.exitCode() != 0) {
      throw new SandboxUnavailableException(settings.diagnose(program, trial.output()));
    }
    return new Bubblewrap(commandLine.stream().map(RawText::of).toList(), version);
  }

  private static String version(List<String> commandLine, String program)
      throws SandboxUnavailableException, InterruptedException {
    Trial trial = run(commandLine, List.of("--version"));
    Matcher matcher = VERSION.matcher(trial.output());
    if (!matcher.lookingAt()) {
      throw new SandboxUnavailableException(
          new SandboxProblem.TrialFailed(program, trial.output()));
    }
    String version = matcher.group("version");
    if (matcher.group("major").equals("0")
        && Integer.parseInt(matcher.group("minor")) < MINOR_WITH_DISABLE_USERNS) {
      throw new SandboxUnavailableException(new SandboxProblem.BubblewrapTooOld(program, version));
    }
    return version;
  }

  /// A sandbox as real as that of a build, around the whole machine.
  private static List<String> trialOptions() {
    var root = Path.of("/");
    var shell = List.of(RawText.of("/bin/sh"), RawText.of("-c"), RawText.of("exit 0"));
    List<Mount> mounts =
        List.of(
            new Mount.ReadOnly(root, root),
            new Mount.Proc(Path.of("/proc")),
            new Mount.Dev(Path.of("/dev"), TRIAL_SHARED_MEMORY_BYTES));
    var sandbox = new Sandbox(mounts, shell, new TreeMap<>(), root, Identity.BUILDER);
    var options = new ArrayList<String>();
    CommandLine.options(sandbox, root).forEach(option -> options.add(option.toString()));
    options.add("--");
    shell.forEach(word -> options.add(word.toString()));
    return options;
  }

  private record Trial(int exitCode, String output) {}

  private static Trial run(List<String> commandLine, List<String> options)
      throws SandboxUnavailableException, InterruptedException {
    var words = new ArrayList<>(commandLine);
    words.addAll(options);
    var builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .directory(Path.of("/").toFile());
    builder.environment().clear();
    try {
      Process process = builder.start();
      try (var output = process.getInputStream()) {
        // The few lines that are written here fit into the pipe.
        if (!process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS)) {
          return new Trial(LaunchScript.GAVE_UP, "no end within " + TRIAL_SECONDS + " s");
        }
        String text = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
        return new Trial(process.exitValue(), text);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException problem) {
      throw new SandboxUnavailableException(
          new SandboxProblem.TrialFailed(
              String.join(" ", commandLine), String.valueOf(problem.getMessage())));
    }
  }

  /// What starts it: a program, or a loader with its options and then the program.
  public List<RawText> command() {
    return command;
  }

  /// Whether it can tell a program another name than its path.
  boolean setsProgramName() {
    String[] numbers = version.split("\\.", -1);
    return !numbers[0].equals("0") || Integer.parseInt(numbers[1]) >= MINOR_WITH_PROGRAM_NAME;
  }

  /// For example `0.8.0`.
  public String version() {
    return version;
  }
}
