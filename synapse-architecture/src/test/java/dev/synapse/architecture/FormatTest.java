package dev.synapse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sources are as google-java-format writes them. `-Dformat.write=true` writes them so.
final class FormatTest {
  @Test
  void everySourceFileIsFormatted() throws Exception {
    var formatter = new Formatter();
    List<Path> files = ProjectTree.javaFiles();
    List<Path> unformatted = new ArrayList<>();
    for (Path file : files) {
      String text = Files.readString(file);
      String formatted = formatter.formatSourceAndFixImports(text);
      if (!formatted.equals(text)) {
        if (Boolean.getBoolean("format.write")) {
          Files.writeString(file, formatted);
        } else {
          unformatted.add(ProjectTree.root().relativize(file));
        }
      }
    }
    assertThat(files).isNotEmpty();
    assertThat(unformatted)
        .as("not formatted; run: mvn -q verify -Dtest=FormatTest -Dformat.write=true")
        .isEmpty();
  }
}
