package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.graph.ReferenceDiagram;
import dev.synapse.store.graph.ReferenceTree;
import dev.synapse.store.graph.References;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asked of one small graph, with the answers that Nix 2.8 gave; where Nix is installed, it
/// is asked again.
///
/// `top` refers to itself, `right` and `left`; `right` to `left` and `base`; `left` to `base`.
final class PathQueriesTest {
  private static final StorePath ABSENT = new StorePath("1".repeat(32), "absent");

  private static final String TREE =
      """
      /nix/store/f7sakjrbl1p52s657817ks5qns9ivhpy-top
      ├───/nix/store/wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left
      │   └───/nix/store/qfxfr5hjm8v90yzyiqjhjhpsfy9kzr4f-base
      ├───/nix/store/48v2r6gkb0jv2q897x80276xb9x818n1-right
      │   ├───/nix/store/qfxfr5hjm8v90yzyiqjhjhpsfy9kzr4f-base [...]
      │   └───/nix/store/wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left [...]
      └───/nix/store/f7sakjrbl1p52s657817ks5qns9ivhpy-top [...]
      """;

  private static final String DIAGRAM =
      """
      digraph G {
      "f7sakjrbl1p52s657817ks5qns9ivhpy-top" [label = "top", shape = box, style = filled, fillcolor = "#ff0000"];
      "48v2r6gkb0jv2q897x80276xb9x818n1-right" -> "f7sakjrbl1p52s657817ks5qns9ivhpy-top" [color = "black"];
      "wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left" -> "f7sakjrbl1p52s657817ks5qns9ivhpy-top" [color = "red"];
      "48v2r6gkb0jv2q897x80276xb9x818n1-right" [label = "right", shape = box, style = filled, fillcolor = "#ff0000"];
      "qfxfr5hjm8v90yzyiqjhjhpsfy9kzr4f-base" -> "48v2r6gkb0jv2q897x80276xb9x818n1-right" [color = "green"];
      "wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left" -> "48v2r6gkb0jv2q897x80276xb9x818n1-right" [color = "blue"];
      "qfxfr5hjm8v90yzyiqjhjhpsfy9kzr4f-base" [label = "base", shape = box, style = filled, fillcolor = "#ff0000"];
      "wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left" [label = "left", shape = box, style = filled, fillcolor = "#ff0000"];
      "qfxfr5hjm8v90yzyiqjhjhpsfy9kzr4f-base" -> "wpnz5yz9r0f6ngkmxjhkr551pmvhym9n-left" [color = "magenta"];
      }
      """;

  @TempDir Path folder;
  private LocalStore store;
  private StorePath base;
  private StorePath left;
  private StorePath right;
  private StorePath top;

  @BeforeEach
  void fill() throws Exception {
    store = LocalStore.open(folder.resolve("root"));
    base = text("base", Set.of());
    left = text("left", Set.of(base));
    right = text("right", Set.of(base, left));
    top =
        StoreDirectory.NIX.outputPath("out", Hash.of(HashAlgorithm.SHA256, new byte[] {1}), "top");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), "%s %s %s\n".formatted(top, left, right));
    store.adopt(tree, top);
    store.registerOutputs(
        List.of(
            PathInfo.of(
                top,
                Nar.hash(store.physical(top)),
                List.of(top, left, right),
                new PathInfo.Origin(Optional.empty(), 1, true, List.of(), Optional.empty()))));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    Deletion.delete(folder.resolve("root"));
  }

  private StorePath text(String name, Set<StorePath> references) throws Exception {
    return store.addText(
        (name + new TreeSet<>(references)).getBytes(StandardCharsets.UTF_8), name, references);
  }

  private void isWhatNixSays(List<String> lines, String option, StorePath path) throws Exception {
    if (Nix.isThere()) {
      assertThat(new Nix(store.root(), folder).store("--query", option, path.toString()))
          .as(option)
          .isEqualTo(lines);
    }
  }

  private void isAnswered(
      Collection<StorePath> answer, String option, StorePath path, StorePath... expected)
      throws Exception {
    List<StorePath> ordered = store.inDependencyOrder(answer);
    assertThat(ordered).containsExactly(expected);
    isWhatNixSays(ordered.stream().map(StorePath::toString).toList(), option, path);
  }

  @Test
  void aTreeShowsWhatNeedsOthersAfterThemAndNothingTwice() throws Exception {
    List<String> lines = new ArrayList<>();
    List<Integer> depths = new ArrayList<>();
    ReferenceTree.draw(
        top,
        store.referencesWithin(List.of(top)),
        (indent, path, depth, again) -> {
          lines.add(ReferenceTree.text(indent, path, again));
          depths.add(depth);
        });

    assertThat(lines).containsExactlyElementsOf(TREE.lines().toList());
    assertThat(depths).startsWith(0, 1).doesNotContain(4);
    isWhatNixSays(lines, "--tree", top);
  }

  @Test
  void aDiagramHasEachPathAndEachReferenceToAnotherOnce() throws Exception {
    StringBuilder text = new StringBuilder();
    ReferenceDiagram.write(List.of(top), store.referencesWithin(List.of(top)), text);

    assertThat(text).hasToString(DIAGRAM);
    isWhatNixSays(text.toString().lines().toList(), "--graph", top);
  }

  @Test
  void referencesAndReferrersAreFollowedInBothDirections() throws Exception {
    isAnswered(store.references(top), "--references", top, left, right, top);
    isAnswered(store.referrers(left), "--referrers", left, right, top);
    isAnswered(store.closure(List.of(right)), "--requisites", right, base, left, right);
    isAnswered(store.referrersClosure(left), "--referrers-closure", left, left, right, top);
    assertThat(store.referrersClosure(top)).containsExactly(top);
  }

  @Test
  void whatIsAskedOfManyAtOnceIsWhatIsAskedOfEach() throws Exception {
    References within = store.referencesWithin(List.of(left, right, left));

    for (StorePath path : List.of(base, left, right)) {
      assertThat(within.of(path)).isEqualTo(store.references(path));
    }
    assertThat(within.of(top)).as("not asked of").isEmpty();
  }

  /// From some number on the order is found in memory.
  @Test
  void manyPathsComeInTheOrderOfFew() throws Exception {
    List<StorePath> many = new ArrayList<>();
    Collections.nCopies(1000, List.of(top, right, left, base)).forEach(many::addAll);

    assertThat(store.inDependencyOrder(many))
        .containsExactly(base, left, right, top)
        .isEqualTo(store.inDependencyOrder(List.of(top, right, left, base)));
    many.add(ABSENT);
    assertThat(store.inDependencyOrder(many)).hasSize(5).contains(ABSENT);
  }

  @Test
  void whatIsNotValidHasNoAnswer() {
    var problem = new StoreProblem.NotValid(ABSENT);
    assertThat(
            catchThrowableOfType(
                    StoreException.class, () -> store.referencesWithin(List.of(base, ABSENT)))
                .problem())
        .isEqualTo(problem);
    assertThat(
            catchThrowableOfType(StoreException.class, () -> store.referrersClosure(ABSENT))
                .problem())
        .isEqualTo(problem);
  }
}
