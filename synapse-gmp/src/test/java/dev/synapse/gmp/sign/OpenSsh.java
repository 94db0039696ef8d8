package dev.synapse.gmp.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The real `ssh-keygen`.
final class OpenSsh {
  private static final Path PROGRAM = Path.of("/usr/bin/ssh-keygen");

  private final Path folder;

  /// Skips the test where there is none.
  OpenSsh(Path folder) {
    assumeTrue(Files.isExecutable(PROGRAM), "there is no ssh-keygen here");
    this.folder = folder;
  }

  record Said(int exit, String text) {}

  Said run(Path input, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(input.toFile())
            .start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text);
  }

  Path key(String type) throws IOException, InterruptedException {
    Path key = folder.resolve("key-" + type);
    run(Path.of("/dev/null"), "-q", "-t", type, "-b", "256", "-N", "", "-C", "c", "-f", key + "");
    return key;
  }

  Said sign(Path key, String namespace, Path message) throws IOException, InterruptedException {
    return run(Path.of("/dev/null"), "-Y", "sign", "-n", namespace, "-f", key + "", message + "");
  }

  Said verify(Path signers, String principal, Path signature, Path message, String... more)
      throws IOException, InterruptedException {
    List<String> args =
        new ArrayList<>(
            List.of("-Y", "verify", "-n", SshSignature.NAMESPACE, "-f", signers.toString()));
    args.addAll(List.of("-I", principal, "-s", signature.toString()));
    args.addAll(List.of(more));
    return run(message, args.toArray(String[]::new));
  }
}
