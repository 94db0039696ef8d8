package dev.synapse.cli;

import dev.synapse.store.graph.ReferenceDiagram;
import dev.synapse.store.graph.ReferenceTree;
import dev.synapse.store.graph.References;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `synapse store query`: how store paths hang together, answered as `nix-store --query` does.
final class StoreQuery extends Subcommand {
  private static final String UNKNOWN_DERIVER = "unknown-deriver";

  private final Syntax.Choice kind = syntax.exactlyOne();
  private final Syntax.Flag references = kind.flag("--references", "What it refers to.");
  private final Syntax.Flag referrers = kind.flag("--referrers", "What refers to it.");
  private final Syntax.Flag referrersClosure =
      kind.flag("--referrers-closure", "All that needs it, itself included.");
  private final Syntax.Flag requisites =
      kind.flag("--requisites", "All it needs, itself included.");
  private final Syntax.Flag deriver = kind.flag("--deriver", "The derivation that made it.");
  private final Syntax.Flag outputs = kind.flag("--outputs", "The outputs of a derivation.");
  private final Syntax.Flag tree = kind.flag("--tree", "All it needs, as a tree.");
  private final Syntax.Flag graph = kind.flag("--graph", "All it needs, in the form of Graphviz.");

  private final Supplier<List<String>> paths = syntax.parameters("PATH", 1, "Store paths.");

  private final Syntax.Flag json =
      syntax.flag("--json", "Print an array, or of a tree or graph the objects that are in it.");

  StoreQuery(SynapseCommand synapse) {
    super(synapse, "query", "Print what a store path refers to, or what refers to it.");
  }

  @Override
  ExitCode run() throws Exception {
    try (LocalStore store = synapse.openStore()) {
      List<StorePath> asked = new ArrayList<>();
      for (String text : paths.get()) {
        StorePath path = synapse.storePath(text);
        StoreCommand.require(store, path);
        asked.add(path);
      }
      if (tree.given()) {
        tree(store, asked);
      } else if (graph.given()) {
        graph(store, asked);
      } else if (deriver.given()) {
        derivers(store, asked);
      } else {
        print(answer(store, asked));
      }
    }
    return ExitCode.DONE;
  }

  /// One answer for each path, also where nothing is known.
  private void derivers(LocalStore store, List<StorePath> asked) throws IOException {
    List<@Nullable String> found = new ArrayList<>();
    for (StorePath path : asked) {
      String known = store.deriver(path).map(StorePath::toString).orElse(null);
      found.add(known);
      if (!json.given()) {
        synapse.out().println(known == null ? UNKNOWN_DERIVER : known);
      }
    }
    if (json.given()) {
      Json.print(synapse.out(), found);
    }
  }

  private void print(Collection<StorePath> answer) throws IOException {
    List<String> lines = answer.stream().map(StorePath::toString).toList();
    if (json.given()) {
      Json.print(synapse.out(), lines);
    } else {
      Writer out = synapse.lines();
      for (String line : lines) {
        out.append(line).append('\n');
      }
      out.flush();
    }
  }

  private Collection<StorePath> answer(LocalStore store, List<StorePath> asked) throws Exception {
    if (requisites.given()) {
      return store.inDependencyOrder(store.closure(asked));
    }
    Collection<StorePath> found = new ArrayList<>();
    for (StorePath path : asked) {
      if (references.given()) {
        found.addAll(store.references(path));
      } else if (referrers.given()) {
        found.addAll(store.referrers(path));
      } else if (referrersClosure.given()) {
        found.addAll(store.referrersClosure(path));
      } else if (outputs.given()) {
        DerivationCommand.requireDerivation(path);
        found.addAll(store.readDerivation(path).outputPaths().values());
      } else {
        throw new IllegalStateException("nothing was asked");
      }
    }
    return outputs.given() ? found : store.inDependencyOrder(found);
  }

  /// One line for each path, or of `--json` nested objects, where what was told before has no
  /// `references` again.
  private void tree(LocalStore store, List<StorePath> asked) throws Exception {
    List<Object> roots = new ArrayList<>();
    Writer out = synapse.lines();
    for (StorePath path : asked) {
      References within = store.referencesWithin(List.of(path));
      Deque<List<Object>> open = new ArrayDeque<>(List.of(roots));
      ReferenceTree.draw(
          path,
          within,
          (indent, each, depth, again) -> {
            if (!json.given()) {
              out.append(ReferenceTree.text(indent, each, again)).append('\n');
              return;
            }
            while (open.size() > depth + 1) {
              List<Object> _ = open.pop();
            }
            Map<String, @Nullable Object> object = Json.object("path", each.toString());
            open.element().add(object);
            List<Object> below = new ArrayList<>();
            if (!again) {
              object.put("references", below);
            }
            open.push(below);
          });
    }
    out.flush();
    if (json.given()) {
      Json.print(synapse.out(), roots);
    }
  }

  private void graph(LocalStore store, List<StorePath> asked) throws Exception {
    References within = store.referencesWithin(asked);
    if (!json.given()) {
      Writer out = synapse.lines();
      ReferenceDiagram.write(asked, within, out);
      out.flush();
      return;
    }
    List<Object> objects = new ArrayList<>();
    for (StorePath path : new TreeSet<>(store.closure(asked))) {
      objects.add(
          Json.object(
              "path",
              path.toString(),
              "references",
              within.of(path).stream().map(StorePath::toString).toList()));
    }
    Json.print(synapse.out(), objects);
  }
}
