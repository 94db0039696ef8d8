package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SupportedLanguagesTest {
  @Test
  void areAllThere() {
    assertThatCode(SupportedLanguages::require).doesNotThrowAnyException();
  }

  /// PMD says nothing when a library is missing, and leaves out the languages that need it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pmd-rust | Rust",
        "pmd-python | Python",
        "antlr4-runtime | Kotlin, JavaScript, TypeScript, Go, C#, Rust",
      })
  void areNamedWhenALibraryIsMissing(String library, String languages) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !new File(entry).getName().startsWith(library))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Required.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isOne();
    assertThat(output.strip())
        .isEqualTo(
            "this Synapse is not complete: no lexer for %s on its class path".formatted(languages));
  }

  /// A program that needs all languages.
  static final class Required {
    private Required() {}

    /// Ends with 1 and the reason when one is missing.
    public static void main(String[] arguments) {
      try {
        SupportedLanguages.require();
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
        System.exit(1);
      }
    }
  }
}
