package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a sandbox, and what is in it, can't be.
final class SandboxTest {
  private static final Path AT = Path.of("/at");
  private static final Path RELATIVE = Path.of("relative");

  private static void refused(String message, ThrowingCallable making) {
    assertThatIllegalArgumentException().isThrownBy(making).withMessage(message);
  }

  private static Sandbox sandbox(String program, String variable, Path folder) {
    var environment = new TreeMap<>(Map.of(RawText.of(variable), RawText.of("value")));
    return new Sandbox(
        List.of(), List.of(RawText.of(program)), environment, folder, Identity.BUILDER);
  }

  @Test
  void aProgramHasAnAbsolutePath() {
    assertThat(sandbox("/bin/tool", "A", AT).programName()).hasToString("tool");
    refused(
        "a sandbox runs a program with an absolute path, not [tool]",
        () -> sandbox("tool", "A", AT));
  }

  @Test
  void aVariableHasANameWithoutAnEqualsSign() {
    refused("'' can't name an environment variable", () -> sandbox("/bin/tool", "", AT));
    refused("'A=B' can't name an environment variable", () -> sandbox("/bin/tool", "A=B", AT));
  }

  @Test
  void allPathsAreAbsolute() {
    String message = "'relative' is not an absolute path";
    refused(message, () -> sandbox("/bin/tool", "A", RELATIVE));
    refused(message, () -> new Mount.ReadOnly(RELATIVE, AT));
    refused(message, () -> new Mount.ReadOnly(AT, RELATIVE));
    refused(message, () -> new Mount.Writable(RELATIVE, AT));
    refused(message, () -> new Mount.Symlink(RawText.of("target"), RELATIVE));
    refused(message, () -> new Mount.Text("text", RELATIVE));
    refused(message, () -> new Mount.Folder(RELATIVE));
    refused(message, () -> new Mount.Proc(RELATIVE));
  }

  @Test
  void foldersInMemoryHaveASize() {
    refused("a temporary folder of 0 bytes", () -> new Mount.Temporary(AT, 0));
    refused("shared memory of -1 bytes", () -> new Mount.Dev(AT, -1));
  }

  @Test
  void aBuilderIsNotTheSuperUserAndItsMachineHasAName() {
    refused("a sandbox runs as user 0:100", () -> new Identity(0, 100, "localhost"));
    refused("a sandbox runs as user 1000:0", () -> new Identity(1000, 0, "localhost"));
    refused("'Local Host' is no host name", () -> new Identity(1000, 100, "Local Host"));
  }

  @Test
  void limitsAreMoreThanNothing() {
    String message = "a limit must be more than nothing";
    refused(message, () -> Limits.NONE.withWallTime(Duration.ZERO));
    refused(message, () -> Limits.NONE.withSilence(Duration.ofSeconds(-1)));
    refused(message, () -> Limits.NONE.withMemoryBytes(0));
    refused(message, () -> Limits.NONE.withProcesses(0));
    refused(message, () -> Limits.NONE.withOutputBytes(0));
    refused(message, () -> Limits.NONE.withProcessors(0));
  }
}
