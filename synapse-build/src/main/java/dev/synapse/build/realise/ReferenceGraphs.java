package dev.synapse.build.realise;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `exportReferencesGraph` asks for: what a path of the inputs needs, and what each of these
/// refers to. Of derivations among them, the outputs are there too.
///
/// Without structured attributes it is files in the form of `nix-store --register-validity` without
/// hashes and derivers, with them attributes (nix-store-formats, sections 9.3 and 13.2).
final class ReferenceGraphs {
  private static final String VARIABLE = "exportReferencesGraph";
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  private final StorePath path;
  private final Attributes attributes;
  private final Set<StorePath> closure;
  private final LocalStore store;

  /// @param path the derivation
  /// @param closure all that the inputs need
  ReferenceGraphs(StorePath path, Attributes attributes, Set<StorePath> closure, LocalStore store) {
    this.path = path;
    this.attributes = attributes;
    this.closure = closure;
    this.store = store;
  }

  /// Contents by file name; none with structured attributes.
  ///
  /// @throws RealiseException when the variable does not say what can be done
  SortedMap<String, ByteString> files() throws RealiseException, IOException {
    SortedMap<String, ByteString> files = new TreeMap<>();
    if (attributes.structured().isPresent()) {
      return files;
    }
    List<String> words = attributes.words(VARIABLE).orElse(List.of());
    if (words.size() % 2 != 0) {
      throw bad("an odd number of words, which should be names and paths");
    }
    for (int i = 0; i < words.size(); i += 2) {
      String name = words.get(i);
      if (!FILE_NAME.matcher(name).matches()) {
        throw bad("'" + name + "', which is no name for a file");
      }
      files.put(name, text(words.get(i + 1)));
    }
    return files;
  }

  private ByteString text(String wanted) throws RealiseException, IOException {
    StorePath root;
    try {
      root = StoreDirectory.NIX.parseInside(wanted);
    } catch (StorePathException e) {
      throw bad("'" + wanted + "', which is not in a store");
    }
    var text = new StringBuilder();
    for (StorePath member : graph(List.of(root))) {
      SortedSet<StorePath> references = store.references(member);
      text.append(member).append("\n\n").append(references.size()).append('\n');
      references.forEach(reference -> text.append(reference).append('\n'));
    }
    return ByteString.of(text.toString());
  }

  /// Values by the attribute that is to hold them; none without structured attributes.
  ///
  /// @throws RealiseException when the attribute does not say what can be done
  Map<String, JsonNode> attributes() throws RealiseException, IOException {
    Map<String, JsonNode> values = new TreeMap<>();
    JsonNode wanted = attributes.structured().map(all -> all.get(VARIABLE)).orElse(null);
    if (wanted == null || !wanted.isObject()) {
      return values;
    }
    for (Map.Entry<String, JsonNode> graph : wanted.properties()) {
      List<String> names =
          graph.getValue().isString()
              ? List.of(graph.getValue().stringValue())
              : attributes.strings(VARIABLE, graph.getValue());
      Set<StorePath> roots = new TreeSet<>();
      for (String name : names) {
        try {
          roots.add(StorePath.parse(name));
        } catch (StorePathException e) {
          throw bad("'" + name + "', which is no store path");
        }
      }
      ArrayNode members = JsonNodeFactory.instance.arrayNode();
      for (StorePath member : graph(roots)) {
        members.add(description(member));
      }
      values.put(graph.getKey(), members);
    }
    return values;
  }

  private ObjectNode description(StorePath member) throws IOException {
    PathInfo info = store.find(member).orElseThrow();
    long closureSize = 0;
    for (StorePath each : store.closure(Set.of(member))) {
      closureSize += store.find(each).orElseThrow().narSize();
    }
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("path", member.toString());
    description.put("narHash", info.narHash().prefixedNix32());
    description.put("narSize", info.narSize());
    ArrayNode references = description.putArray("references");
    info.references().forEach(reference -> references.add(reference.toString()));
    info.contentAddress().ifPresent(address -> description.put("ca", address.toString()));
    description.put("closureSize", closureSize);
    return description;
  }

  private SortedSet<StorePath> graph(Collection<StorePath> roots)
      throws RealiseException, IOException {
    for (StorePath root : roots) {
      if (!closure.contains(root)) {
        throw bad("'" + root + "', which is not among its inputs");
      }
    }
    SortedSet<StorePath> all = store.closure(roots);
    Set<StorePath> outputs = new TreeSet<>();
    for (StorePath member : all) {
      if (member.isDerivation()) {
        try {
          outputs.addAll(store.readDerivation(member).outputPaths().values());
        } catch (DerivationException e) {
          throw new RealiseException(String.valueOf(e.getMessage()), e);
        }
      }
    }
    all.addAll(store.closure(outputs));
    return all;
  }

  private RealiseException bad(String what) {
    return new RealiseException("'%s' has in %s %s".formatted(path, VARIABLE, what));
  }
}
