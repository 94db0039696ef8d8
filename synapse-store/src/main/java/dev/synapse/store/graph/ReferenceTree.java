package dev.synapse.store.graph;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Draws what a path refers to as a tree of lines, as `nix-store --query --tree` does: references
/// that need others come after those, and what was drawn before is not drawn again but marked.
public final class ReferenceTree {
  private static final String BRANCH = "├───";
  private static final String LAST_BRANCH = "└───";
  private static final String LINE = "│   ";
  private static final String SPACE = "    ";

  private ReferenceTree() {}

  /// Takes one line of the tree.
  @FunctionalInterface
  public interface Lines {
    /// One line.
    ///
    /// @param indent what stands before the path
    /// @param depth how many paths are above it
    /// @param again whether it was drawn before, so that nothing follows below it
    void line(String indent, StorePath path, int depth, boolean again) throws IOException;
  }

  private record Node(StorePath path, String indent, String below, int depth) {}

  /// Draws the tree of `root`. Depth takes no stack.
  public static void draw(StorePath root, References references, Lines lines) throws IOException {
    Set<StorePath> drawn = new HashSet<>();
    Deque<Node> waiting = new ArrayDeque<>();
    waiting.push(new Node(root, "", "", 0));
    while (!waiting.isEmpty()) {
      Node node = waiting.pop();
      boolean again = !drawn.add(node.path);
      lines.line(node.indent, node.path, node.depth, again);
      if (!again) {
        List<StorePath> children =
            DependencyOrder.of(references.of(node.path), references).reversed();
        boolean last = true;
        for (StorePath child : children) { // pushed backwards, so that the first is popped first
          waiting.push(
              new Node(
                  child,
                  node.below + (last ? LAST_BRANCH : BRANCH),
                  node.below + (last ? SPACE : LINE),
                  node.depth + 1));
          last = false;
        }
      }
    }
  }

  /// The line as text.
  public static String text(String indent, StorePath path, boolean again) {
    return indent + path + (again ? " [...]" : "");
  }
}
