package dev.synapse.cli;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Other circumstances for a program, made with namespaces of the kernel. Each is the start of a
/// command line, or a visible skip where it cannot be had.
final class Namespaces {
  private Namespaces() {}

  /// First runs the shell text `script`, whose mounts only it and the program see.
  static String[] withMounts(String script) throws IOException, InterruptedException {
    List<String> unshare = List.of("unshare", "-m");
    if (!works(unshare)) { // only root may
      unshare = List.of("unshare", "-Urm");
      assumeThat(works(unshare)).as("mounts of one's own").isTrue();
    }
    return inShell(unshare, script);
  }

  /// The kernel makes no user namespaces.
  static String[] withoutUserNamespaces() throws IOException, InterruptedException {
    List<String> unshare = List.of("unshare", "-Ur");
    assumeThat(works(unshare)).as("a user namespace, to forbid more in").isTrue();
    return inShell(unshare, "echo 0 >/proc/sys/user/max_user_namespaces");
  }

  private static String[] inShell(List<String> unshare, String script) {
    var command = new ArrayList<>(unshare);
    command.addAll(List.of("sh", "-c", script + " && exec \"$@\"", "sh"));
    return command.toArray(String[]::new);
  }

  private static boolean works(List<String> unshare) throws InterruptedException {
    var command = new ArrayList<>(unshare);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException _) {
      return false; // there is no such program
    }
  }
}
