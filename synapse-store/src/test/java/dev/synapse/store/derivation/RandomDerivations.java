package dev.synapse.store.derivation;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A random graph of derivations, twice: as expressions for Nix, and as values of which we compute
/// the paths. The same for the same seed.
final class RandomDerivations {
  private static final List<String> OUTPUTS = List.of("out", "dev", "doc", "lib", "A", "z");

  private static final List<String> PIECES =
      List.of(
          "a",
          "Z",
          "0",
          " ",
          "\"",
          "\\",
          "\n",
          "\t",
          "\r",
          "$",
          "${",
          "$$",
          "'",
          "''",
          "\u0001",
          "\u001b[1m",
          "\u007f",
          "\u00e4",
          "\u20ac",
          "\ud83d\ude00",
          "\ufffd",
          "\\n",
          "],[(",
          "#");

  private static final List<byte[]> NO_TEXT =
      List.of(new byte[] {(byte) 0xe4}, new byte[] {(byte) 0xff, (byte) 0xfe});

  private final Random random;
  private final ByteArrayOutputStream expressions = new ByteArrayOutputStream();
  private final Map<StorePath, Derivation> made = new LinkedHashMap<>();
  private final List<Derivation> order = new ArrayList<>();
  private final List<StorePath> texts = new ArrayList<>();
  private final DerivationHasher hasher =
      new DerivationHasher(path -> requireNonNull(made.get(path)));

  private RandomDerivations(Random random) {
    this.random = random;
  }

  /// Makes a graph.
  static RandomDerivations of(long seed, int size) throws Exception {
    RandomDerivations graph = new RandomDerivations(new Random(seed));
    graph.write("let\n");
    for (int number = 0; number < size; number++) {
      if (graph.random.nextInt(5) == 0) {
        graph.text();
      }
      graph.derivation(number);
    }
    graph.write("in [ ");
    for (int number = 0; number < size; number++) {
      graph.write("d" + number + " ");
    }
    graph.write("]\n");
    return graph;
  }

  /// A list of all, for Nix.
  byte[] expressions() {
    return expressions.toByteArray();
  }

  /// All, in the order of that list.
  List<Derivation> derivations() {
    return order;
  }

  private void write(String text) {
    expressions.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A string that Nix reads as these bytes.
  private static byte[] quoted(ByteString value) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write('"');
    for (byte each : value.toByteArray()) {
      switch (each) {
        case '"', '\\', '$' -> {
          text.write('\\');
          text.write(each);
        }
        case '\n' -> text.write(new byte[] {'\\', 'n'});
        case '\r' -> text.write(new byte[] {'\\', 'r'});
        case '\t' -> text.write(new byte[] {'\\', 't'});
        default -> text.write(each);
      }
    }
    text.write('"');
    return text.toByteArray();
  }

  private ByteString odd(boolean onlyText) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int left = random.nextInt(6); left > 0; left--) {
      if (!onlyText && random.nextInt(20) == 0) {
        bytes.write(NO_TEXT.get(random.nextInt(NO_TEXT.size())));
      } else {
        bytes.write(PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8));
      }
    }
    return ByteString.of(bytes.toByteArray());
  }

  private static ByteString join(ByteString first, ByteString second) throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    first.writeTo(both);
    second.writeTo(both);
    return ByteString.of(both.toByteArray());
  }

  /// A text in the store, which may name one before it.
  private void text() throws IOException {
    ByteString contents = odd(false);
    int number = texts.size();
    write("t%d = builtins.toFile \"text%d\" (".formatted(number, number));
    expressions.write(quoted(contents));
    SortedSet<StorePath> references = new TreeSet<>();
    if (number > 0 && random.nextBoolean()) {
      int other = random.nextInt(number);
      write(" + \"${t%d}\"".formatted(other));
      references.add(texts.get(other));
      contents = join(contents, ByteString.of(texts.get(other).toString()));
    }
    write(");\n");
    texts.add(
        StoreDirectory.NIX.textPath(
            "text" + number, Hash.of(HashAlgorithm.SHA256, contents.toByteArray()), references));
  }

  /// What becomes of a derivation while its attributes are drawn.
  private static final class Draft {
    final SortedMap<StorePath, SortedSet<String>> inputs = new TreeMap<>();
    final SortedSet<StorePath> sources = new TreeSet<>();
    final SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    final SortedMap<ByteString, ByteString> variables = new TreeMap<>();
    final List<ByteString> arguments = new ArrayList<>();
  }

  private void derivation(int number) throws Exception {
    String name = "n" + number + List.of("", "-1.0", "+x", "_y", ".z", "=", "?").get(number % 7);
    Draft draft = new Draft();
    write("d%d = derivation {\n".formatted(number));
    write("name = \"%s\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";\n".formatted(name));
    draft.variables.put(ByteString.of("name"), ByteString.of(name));
    draft.variables.put(ByteString.of("system"), ByteString.of("x86_64-linux"));
    draft.variables.put(ByteString.of("builder"), ByteString.of("/bin/sh"));
    arguments(draft);
    switch (random.nextInt(6)) {
      case 0 -> fixed(draft);
      case 1 -> structured(draft, name);
      default -> {
        outputs(draft);
        variables(draft);
      }
    }
    write("};\n");
    Derivation derivation =
        new Derivation(
                name,
                draft.outputs,
                draft.inputs,
                draft.sources,
                ByteString.of("x86_64-linux"),
                ByteString.of("/bin/sh"),
                draft.arguments,
                draft.variables)
            .withComputedOutputs(hasher);
    made.put(derivation.storePath(), derivation);
    order.add(derivation);
  }

  private void arguments(Draft draft) throws IOException {
    write("args = [ ");
    for (int left = random.nextInt(4); left > 0; left--) {
      expressions.write('(');
      draft.arguments.add(value(draft, false));
      write(") ");
    }
    write("];\n");
  }

  /// Writes an expression and gives the text that it is.
  private ByteString value(Draft draft, boolean onlyText) throws IOException {
    ByteString text = odd(onlyText);
    expressions.write(quoted(text));
    int kind = random.nextInt(4);
    if (kind == 0 && !order.isEmpty()) {
      int input = random.nextInt(order.size());
      Derivation used = order.get(input);
      List<String> names = List.copyOf(used.outputPaths().keySet());
      String output = names.get(random.nextInt(names.size()));
      write(" + \"${d%d.%s}\"".formatted(input, output));
      draft.inputs.computeIfAbsent(used.storePath(), _ -> new TreeSet<>()).add(output);
      text = join(text, ByteString.of(used.outputPath(output).orElseThrow().toString()));
    } else if (kind == 1 && !texts.isEmpty()) {
      int source = random.nextInt(texts.size());
      write(" + \"${t%d}\"".formatted(source));
      draft.sources.add(texts.get(source));
      text = join(text, ByteString.of(texts.get(source).toString()));
    } else if (kind == 2 && !order.isEmpty() && random.nextInt(3) == 0) {
      int input = random.nextInt(order.size());
      write(" + (builtins.unsafeDiscardOutputDependency d%d.drvPath)".formatted(input));
      StorePath path = order.get(input).storePath();
      draft.sources.add(path);
      text = join(text, ByteString.of(path.toString()));
    }
    return text;
  }

  private void outputs(Draft draft) {
    List<String> names = new ArrayList<>();
    for (String each : OUTPUTS) {
      if (random.nextInt(3) == 0) {
        names.add(each);
      }
    }
    if (names.isEmpty()) {
      draft.outputs.put("out", new DerivationOutput.Deferred());
      return;
    }
    write("outputs = [ ");
    for (String each : names) {
      write("\"" + each + "\" ");
      draft.outputs.put(each, new DerivationOutput.Deferred());
    }
    write("];\n");
    draft.variables.put(ByteString.of("outputs"), ByteString.of(String.join(" ", names)));
  }

  private void variables(Draft draft) throws IOException {
    SortedMap<ByteString, Integer> keys = new TreeMap<>();
    for (int left = random.nextInt(6); left > 0; left--) {
      keys.put(join(ByteString.of("v"), odd(false)), random.nextInt(8));
    }
    if (random.nextInt(4) == 0) {
      keys.put(ByteString.of("big"), 7);
      write("passAsFile = [ \"big\" \"absent\" ];\n");
      draft.variables.put(ByteString.of("passAsFile"), ByteString.of("big absent"));
    }
    for (Map.Entry<ByteString, Integer> each : keys.entrySet()) {
      expressions.write(quoted(each.getKey()));
      write(" = ");
      ByteString value =
          switch (each.getValue()) {
            case 0 -> plain("true", "1");
            case 1 -> plain("false", "");
            case 2 -> plain("null", "");
            case 3 -> plain("-42", "-42");
            case 4 -> plain("1.5", "1.500000");
            case 5 -> plain("[ 1 \"x\" [ ] true [ \"y\" null ] ]", "1 x 1 y ");
            default -> value(draft, false);
          };
      write(";\n");
      draft.variables.put(each.getKey(), value);
    }
  }

  private ByteString plain(String expression, String value) {
    write(expression);
    return ByteString.of(value);
  }

  private void fixed(Draft draft) throws IOException {
    HashAlgorithm algorithm =
        List.of(HashAlgorithm.values()).get(random.nextInt(HashAlgorithm.values().length));
    Hash hash = Hash.of(algorithm, odd(false).toByteArray());
    boolean recursive = random.nextBoolean();
    String written =
        switch (random.nextInt(4)) {
          case 0 -> hash.toHex();
          case 1 -> hash.toNix32();
          case 2 -> hash.prefixedNix32();
          default -> hash.toSri();
        };
    write("outputHashAlgo = \"%s\"; outputHash = \"%s\";\n".formatted(algorithm.label(), written));
    draft.variables.put(ByteString.of("outputHashAlgo"), ByteString.of(algorithm.label()));
    draft.variables.put(ByteString.of("outputHash"), ByteString.of(written));
    if (recursive || random.nextBoolean()) {
      String mode = recursive ? "recursive" : "flat";
      write("outputHashMode = \"%s\";\n".formatted(mode));
      draft.variables.put(ByteString.of("outputHashMode"), ByteString.of(mode));
    }
    draft.outputs.put("out", new DerivationOutput.Fixed(recursive, hash));
    variables(draft);
  }

  /// Attributes in one variable: the JSON that Nix writes of them.
  private void structured(Draft draft, String name) throws IOException {
    write("__structuredAttrs = true;\n");
    draft.variables.clear();
    SortedMap<ByteString, ByteString> attributes = new TreeMap<>();
    attributes.put(ByteString.of("name"), json(ByteString.of(name)));
    attributes.put(ByteString.of("system"), json(ByteString.of("x86_64-linux")));
    attributes.put(ByteString.of("builder"), json(ByteString.of("/bin/sh")));
    draft.outputs.put("out", new DerivationOutput.Deferred());
    if (random.nextBoolean()) {
      write("outputs = [ \"out\" \"dev\" ];\n");
      attributes.put(ByteString.of("outputs"), ByteString.of("[\"out\",\"dev\"]"));
      draft.outputs.put("dev", new DerivationOutput.Deferred());
    }
    SortedSet<ByteString> keys = new TreeSet<>();
    for (int left = random.nextInt(6); left > 0; left--) {
      keys.add(join(ByteString.of("k"), odd(true)));
    }
    for (ByteString key : keys) {
      expressions.write(quoted(key));
      write(" = ");
      attributes.put(
          key,
          switch (random.nextInt(7)) {
            case 0 -> plain("true", "true");
            case 1 -> plain("null", "null");
            case 2 -> plain("-9007199254740993", "-9007199254740993");
            case 3 -> plain("[ ]", "[]");
            case 4 -> plain("{ b = [ 1 { } ]; a = 2; }", "{\"a\":2,\"b\":[1,{}]}");
            default -> json(value(draft, true));
          });
      write(";\n");
    }
    StringBuilder json = new StringBuilder("{");
    attributes.forEach(
        (key, value) -> {
          json.append(json.length() > 1 ? "," : "").append(json(key)).append(':').append(value);
        });
    draft.variables.put(ByteString.of("__json"), ByteString.of(json.append('}').toString()));
  }

  private static ByteString json(ByteString text) {
    StringBuilder json = new StringBuilder("\"");
    text.utf8()
        .chars()
        .forEach(
            each -> {
              switch (each) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                  if (each < ' ') {
                    json.append("\\u%04x".formatted(each));
                  } else {
                    json.append((char) each);
                  }
                }
              }
            });
    return ByteString.of(json.append('"').toString());
  }
}
