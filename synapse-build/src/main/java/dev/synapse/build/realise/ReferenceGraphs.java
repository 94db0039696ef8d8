package dev.synapse.build.realise;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The files that `exportReferencesGraph` asks for: what a path of the inputs needs, and what each
/// of these refers to, in the form of `nix-store --register-validity` without hashes and derivers
/// (nix-store-formats, sections 9.3 and 13.2). Of derivations among them, the outputs are there
/// too.
final class ReferenceGraphs {
  private static final String VARIABLE = "exportReferencesGraph";
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  private ReferenceGraphs() {}

  /// Contents by file name.
  ///
  /// @param closure all that the inputs need
  /// @throws RealiseException when the variable does not say what can be done
  static SortedMap<String, ByteString> of(
      StorePath path, Derivation derivation, Set<StorePath> closure, LocalStore store)
      throws RealiseException, IOException {
    SortedMap<String, ByteString> files = new TreeMap<>();
    List<String> words = BuilderEnvironment.words(derivation, VARIABLE).orElse(List.of());
    if (words.size() % 2 != 0) {
      throw bad(path, "an odd number of words, which should be names and paths");
    }
    for (int i = 0; i < words.size(); i += 2) {
      String name = words.get(i);
      if (!FILE_NAME.matcher(name).matches()) {
        throw bad(path, "'" + name + "', which is no name for a file");
      }
      files.put(name, graph(path, words.get(i + 1), closure, store));
    }
    return files;
  }

  private static ByteString graph(
      StorePath path, String wanted, Set<StorePath> closure, LocalStore store)
      throws RealiseException, IOException {
    StorePath root;
    try {
      root = StoreDirectory.NIX.parseInside(wanted);
    } catch (StorePathException e) {
      throw bad(path, "'" + wanted + "', which is not in a store");
    }
    if (!closure.contains(root)) {
      throw bad(path, "'" + root + "', which is not among its inputs");
    }
    var text = new StringBuilder();
    for (StorePath member : withOutputs(store.closure(Set.of(root)), store)) {
      SortedSet<StorePath> references = store.references(member);
      text.append(member).append("\n\n").append(references.size()).append('\n');
      references.forEach(reference -> text.append(reference).append('\n'));
    }
    return ByteString.of(text.toString());
  }

  private static SortedSet<StorePath> withOutputs(SortedSet<StorePath> paths, LocalStore store)
      throws RealiseException, IOException {
    Set<StorePath> outputs = new TreeSet<>();
    for (StorePath member : paths) {
      if (member.isDerivation()) {
        try {
          outputs.addAll(store.readDerivation(member).outputPaths().values());
        } catch (DerivationException e) {
          throw new RealiseException(String.valueOf(e.getMessage()), e);
        }
      }
    }
    SortedSet<StorePath> all = new TreeSet<>(paths);
    all.addAll(store.closure(outputs));
    return all;
  }

  private static RealiseException bad(StorePath path, String what) {
    return new RealiseException("'%s' has in %s %s".formatted(path, VARIABLE, what));
  }
}
