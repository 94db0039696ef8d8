package dev.synapse.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Where the program starts.
public final class Main {
  private Main() {}

  /// Runs the command line `args` and ends the process with its exit code.
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int status = run(args, System.getenv(), out, err);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /// Runs one command line: data goes to `out`, all else to `err`. Answers the exit code.
  static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      // Scripts ask this often; it needs nothing of what the other commands do.
      out.println("synapse " + Version.text());
      return ExitCode.DONE.status();
    }
    return new SynapseCommand(environment, out, err).execute(args);
  }
}
