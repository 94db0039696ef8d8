package dev.synapse.gmp.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A patch says which lines are new; one that is damaged is refused with the line at fault.
final class PatchTest {
  private static ChangedLines read(String patch) throws Exception {
    var changed = new ChangedLines.Builder();
    Patch.read("p.diff", new ByteArrayInputStream(patch.getBytes(StandardCharsets.UTF_8)), changed);
    return changed.since(Optional.empty());
  }

  @Test
  void addedAndAlteredLinesHaveTheirNewNumbers() throws Exception {
    ChangedLines changed =
        read(
            """
            diff --git a/src/A.java b/src/A.java
            index 1..2 100644
            --- a/src/A.java
            +++ b/src/A.java
            @@ -1,4 +1,5 @@ class A {
             one
            -two
            +TWO
            +two and a half
             three
            --- a decrement, removed
            +++ an increment, added
            @@ -20,0 +22 @@
            +far below
            \\ No newline at end of file
            """);
    assertThat(changed.files()).containsExactly("src/A.java");
    assertThat(changed.lines("src/A.java")).containsExactly(2, 3, 5, 22);
    assertThat(changed.touches("src/A.java", 6, 22)).isTrue();
    assertThat(changed.touches("src/A.java", 6, 21)).isFalse();
    assertThat(changed.contains("src/A.java", 3)).isTrue();
    assertThat(changed.contains("other", 3)).isFalse();
  }

  @Test
  void renamedNewDeletedAndBinaryFilesAreUnderstood() throws Exception {
    ChangedLines changed =
        read(
            """
            diff --git a/old.txt b/new.txt
            similarity index 90%
            rename from old.txt
            rename to new.txt
            --- a/old.txt
            +++ b/new.txt
            @@ -1 +1 @@
            -a
            +b
            diff --git a/gone.txt b/gone.txt
            deleted file mode 100644
            --- a/gone.txt
            +++ /dev/null
            @@ -1,2 +0,0 @@
            -a
            -b
            diff --git a/fresh.txt b/fresh.txt
            new file mode 100644
            --- /dev/null
            +++ b/fresh.txt
            @@ -0,0 +1,2 @@
            +a
            +b
            diff --git a/x.png b/x.png
            Binary files a/x.png and b/x.png differ
            """);
    assertThat(changed.files()).containsExactly("fresh.txt", "new.txt");
    assertThat(changed.lines("fresh.txt")).containsExactly(1, 2);
  }

  @Test
  void plainDifferencesQuotedNamesAndWindowsLineEndsAreUnderstood() throws Exception {
    assertThat(read("--- x.c\t2026-01-01\n+++ x.c\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n").files())
        .containsExactly("x.c");
    assertThat(
            read("""
            --- "a/\\303\\244 \\"q\\".c"
            +++ "b/\\303\\244 \\"q\\".c"
            @@ -0,0 +1 @@
            +b
            """)
                .files())
        .containsExactly("ä \"q\".c");
    assertThat(read("--- a/x.c\r\n+++ b/x.c\r\n@@ -1,2 +1,2 @@\r\n \r\n-a\r\n+b\r\n").lines("x.c"))
        .containsExactly(2);
    assertThat(read("").files()).isEmpty();
    assertThat(read("\n").files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not a patch at all",
        "@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\nhm\n",
        "--- a/x\n+++ b/x\n@@ -1 one @@\n",
        "--- a/x\n+++ b/x\n@@ -1,1 +1,0 @@\n+b\n",
        "--- a/x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --cc x\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n"
      })
  void whatIsNoPatchIsRefused(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ChangeException.class)
        .hasMessageStartingWith("p.diff");
  }

  @Provide
  Arbitrary<String> noise() {
    return Arbitraries.of(
            "--- a/x\n",
            "+++ b/x\n",
            "@@ -1,2 +3,4 @@\n",
            "+a\n",
            "-b\n",
            " c\n",
            "\\ No\n",
            "\n",
            "diff --git a/x b/x\n",
            "\"\\",
            "\u0000",
            "@@ -0,0 +1,99999999 @@\n")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(seed = "42", tries = 500)
  void nothingElseThanARefusalComesOfNoise(@ForAll("noise") String text) throws Exception {
    try {
      assertThat(read(text).files()).isSubsetOf("x");
    } catch (ChangeException e) {
      assertThat(e).hasMessageStartingWith("p.diff");
    }
  }
}
