package dev.synapse.store.derivation;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads the term of a derivation, exactly by its grammar, in one pass.
final class DerivationParser {
  /// What the method of an output begins with if the hash is that of its archive.
  private static final String RECURSIVE = "r:";

  /// Stands where the hash of an output would, if builds may each give another one.
  private static final String IMPURE = "impure";

  private final byte[] term;
  private final String name;
  private int at;

  DerivationParser(byte[] term, String name) {
    this.term = term;
    this.name = name;
  }

  Derivation parse() throws DerivationException {
    expect("Derive(");
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    list(() -> output(outputs));
    expect(",");
    SortedMap<StorePath, SortedSet<String>> inputs = new TreeMap<>();
    list(() -> input(inputs));
    expect(",");
    SortedSet<StorePath> sources = new TreeSet<>();
    list(() -> sources.add(storePath(text())));
    expect(",");
    final ByteString system = string();
    expect(",");
    final ByteString builder = string();
    expect(",");
    List<ByteString> args = new ArrayList<>();
    list(() -> args.add(string()));
    expect(",");
    SortedMap<ByteString, ByteString> env = new TreeMap<>();
    list(() -> variable(env));
    expect(")");
    if (at != term.length) {
      throw malformed("end");
    }
    if (system.contains((byte) '"') || system.contains((byte) '\\')) {
      throw malformed("system without quotes and backslashes");
    }
    Optional<DerivationProblem> problem = Derivation.problemOf(name, outputs);
    if (problem.isPresent()) {
      throw new DerivationException(problem.get());
    }
    return new Derivation(name, outputs, inputs, sources, system, builder, args, env);
  }

  private void output(SortedMap<String, DerivationOutput> outputs) throws DerivationException {
    expect("(");
    String output = text();
    expect(",");
    String path = text();
    expect(",");
    String method = text();
    expect(",");
    String hash = text();
    expect(")");
    outputs.put(output, outputOf(output, path, method, hash));
  }

  private DerivationOutput outputOf(String output, String path, String method, String hash)
      throws DerivationException {
    if (method.isEmpty()) {
      return addressedByInput(output, path, hash);
    }
    boolean recursive = method.startsWith(RECURSIVE);
    String label = recursive ? method.substring(RECURSIVE.length()) : method;
    HashAlgorithm algorithm =
        HashAlgorithm.ofLabel(label)
            .orElseThrow(() -> bad(output, "unknown hash algorithm '" + label + "'"));
    return switch (hash) {
      case "" -> {
        requireNoPath(output, path);
        yield new DerivationOutput.Floating(recursive, algorithm);
      }
      case IMPURE -> {
        requireNoPath(output, path);
        yield new DerivationOutput.Impure(recursive, algorithm);
      }
      default -> fixed(output, path, recursive, algorithm, hash);
    };
  }

  private DerivationOutput addressedByInput(String output, String path, String hash)
      throws DerivationException {
    if (!hash.isEmpty()) {
      throw bad(output, "it has a hash without an algorithm");
    }
    return path.isEmpty()
        ? new DerivationOutput.Deferred()
        : new DerivationOutput.InputAddressed(storePath(path));
  }

  private void requireNoPath(String output, String path) throws DerivationException {
    if (!path.isEmpty()) {
      throw bad(output, "it has a path, but the hash that gives it is not there");
    }
  }

  private DerivationOutput fixed(
      String output, String path, boolean recursive, HashAlgorithm algorithm, String hash)
      throws DerivationException {
    if (!path.startsWith("/")) {
      throw new DerivationException(
          new DerivationProblem.BadPath(name, path, "it should start with '/'"));
    }
    try {
      return new DerivationOutput.Fixed(recursive, Hash.parse(hash, algorithm));
    } catch (HashFormatException e) {
      throw bad(output, e.problem().message());
    }
  }

  private void input(SortedMap<StorePath, SortedSet<String>> inputs) throws DerivationException {
    expect("(");
    StorePath path = storePath(text());
    if (!path.isDerivation()) {
      throw new DerivationException(
          new DerivationProblem.BadPath(name, path.toString(), "it is not that of a derivation"));
    }
    expect(",");
    SortedSet<String> outputs = new TreeSet<>();
    list(() -> outputs.add(outputName(text())));
    expect(")");
    inputs.put(path, outputs);
  }

  /// Output names are written as they are, so one with a quote in it could not be read back.
  private String outputName(String text) throws DerivationException {
    if (!StorePath.isName(text)) {
      throw bad(text, "it gives no name for a path");
    }
    return text;
  }

  private void variable(SortedMap<ByteString, ByteString> env) throws DerivationException {
    expect("(");
    ByteString key = string();
    expect(",");
    env.put(key, string());
    expect(")");
  }

  @FunctionalInterface
  private interface Element {
    void read() throws DerivationException;
  }

  private void list(Element element) throws DerivationException {
    expect("[");
    if (next() != ']') {
      element.read();
      while (next() == ',') {
        at++;
        element.read();
      }
    }
    expect("]");
  }

  private int next() {
    return at < term.length ? term[at] : -1;
  }

  private void expect(String token) throws DerivationException {
    for (int index = 0; index < token.length(); index++) {
      if (next() != token.charAt(index)) {
        throw malformed("'" + token + "'");
      }
      at++;
    }
  }

  private String text() throws DerivationException {
    return new String(string().toByteArray(), StandardCharsets.UTF_8);
  }

  private ByteString string() throws DerivationException {
    expect("\"");
    int start = at;
    while (at < term.length && term[at] != '"' && term[at] != '\\') {
      at++;
    }
    if (next() == '"') {
      at++;
      return ByteString.of(term, start, at - 1);
    }
    return escaped(start);
  }

  private ByteString escaped(int start) throws DerivationException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(term, start, at - start);
    while (at < term.length) {
      byte each = term[at++];
      if (each == '"') {
        return ByteString.of(bytes.toByteArray());
      }
      if (each == '\\') {
        if (at == term.length) {
          break;
        }
        each = unescaped(term[at++]);
      }
      bytes.write(each);
    }
    throw malformed("closing quote");
  }

  private static byte unescaped(byte letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter;
    };
  }

  private StorePath storePath(String text) throws DerivationException {
    try {
      return StorePath.parse(text);
    } catch (StorePathException e) {
      throw new DerivationException(
          new DerivationProblem.BadPath(name, text, e.problem().message()));
    }
  }

  private DerivationException bad(String output, String reason) {
    return new DerivationException(new DerivationProblem.BadOutput(name, output, reason));
  }

  private DerivationException malformed(String expected) {
    return new DerivationException(new DerivationProblem.Malformed(name, at, expected));
  }
}
