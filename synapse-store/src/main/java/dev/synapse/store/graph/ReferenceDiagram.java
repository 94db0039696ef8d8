package dev.synapse.store.graph;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Writes what paths refer to in the language of Graphviz, as `nix-store --query --graph` does.
///
/// @see <a href="https://graphviz.org/doc/info/lang.html">DOT Language</a>
public final class ReferenceDiagram {
  private static final List<String> COLOURS =
      List.of("black", "red", "green", "blue", "magenta", "burlywood");

  private ReferenceDiagram() {}

  /// Writes the diagram of all that the paths refer to, also through others.
  public static void write(Collection<StorePath> roots, References references, Appendable out)
      throws IOException {
    TreeSet<StorePath> waiting = new TreeSet<>(roots);
    Set<StorePath> done = new HashSet<>();
    int edges = 0;
    out.append("digraph G {\n");
    while (!waiting.isEmpty()) {
      StorePath path = waiting.removeFirst();
      if (done.add(path)) {
        String name = path.baseName();
        out.append('"').append(name).append("\" [label = \"").append(path.name());
        out.append("\", shape = box, style = filled, fillcolor = \"#ff0000\"];\n");
        for (StorePath reference : references.of(path)) {
          if (!reference.equals(path)) {
            waiting.add(reference);
            out.append('"').append(reference.baseName()).append("\" -> \"").append(name);
            out.append("\" [color = \"").append(COLOURS.get(edges++ % COLOURS.size()));
            out.append("\"];\n");
          }
        }
      }
    }
    out.append("}\n");
  }
}
