package dev.synapse.build.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonFileTest {
  @TempDir private Path folder;
  private Path file;
  private final Problems problems = new Problems("x.json");

  @BeforeEach
  void place() {
    file = folder.resolve("x.json");
  }

  private List<String> messages() {
    return problems.list().stream().map(Problem::message).toList();
  }

  @Test
  void everyKindOfValueIsReadWithTheLineOfItsKey() throws Exception {
    Files.writeString(
        file,
        """
        {
          "text": "a",
          "whole": 7, "huge": 123456789012345678901234567890,
          "truths": [true, false],
          "other": 1.5,
          "none": null
        }
        """);

    Node.Table table = JsonFile.read(file, problems).orElseThrow();

    assertThat(table.entries())
        .containsEntry("text", new Node.Text(2, "a"))
        .containsEntry("whole", new Node.Whole(3, 7))
        .containsEntry("huge", new Node.Other(3, "123456789012345678901234567890"))
        .containsEntry(
            "truths", new Node.Array(4, List.of(new Node.Truth(4, true), new Node.Truth(4, false))))
        .containsEntry("other", new Node.Other(5, "1.5"))
        .containsEntry("none", new Node.Other(6, "null"));
    assertThat(problems.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "[];x.json:1: expected an object, found an array",
        "3;x.json:1: expected an object, found 3",
        "{} {};x.json:1: goes on after its end",
        "{;x.json:1: ends too early",
        "``;x.json:1: ends too early",
        "{\"a\": tru};x.json:1: not JSON: unrecognized token 'tru'",
        "{\"a\": 1, \"a\": 2};x.json:1: not JSON: duplicate Object property \"a\"",
      })
  void whatIsNoObjectIsRefusedWithItsLine(String text, String message) throws Exception {
    Files.writeString(file, text);

    assertThat(JsonFile.read(file, problems)).isEmpty();
    assertThat(messages()).containsExactly(message);
  }

  @Test
  void aMergeThatWasNotFinishedIsSaidToBeOne() throws Exception {
    Files.writeString(file, "{\n<<<<<<< mine\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> theirs\n}\n");

    assertThat(JsonFile.read(file, problems)).isEmpty();
    assertThat(messages())
        .containsExactly("x.json:2: holds the marks of a merge that was not finished");
  }

  @Test
  void whatIsNoFileIsRefused() throws Exception {
    assertThat(JsonFile.read(folder, problems)).isEmpty();
    assertThat(messages()).containsExactly("x.json: is no file");
  }
}
