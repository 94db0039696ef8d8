package dev.synapse.build.realise;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.Nix32;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a builder is started with: its environment, its arguments, and the files that `passAsFile`
/// asks for or structured attributes are written into, placeholders replaced by output paths
/// (nix-store-formats, sections 9.2 and 9.3).
///
/// @param variables the whole environment; nothing is inherited
/// @param arguments the arguments after the program
/// @param files contents by file name, to be written into the build directory
record BuilderEnvironment(
    SortedMap<ByteString, ByteString> variables,
    List<ByteString> arguments,
    SortedMap<String, ByteString> files) {

  private static final String JSON_FILE = ".attrs.json";
  private static final String SHELL_FILE = ".attrs.sh";

  /// @param attributes what the derivation says of itself
  /// @param outputs output paths by output name
  /// @param graphs values of structured attributes that `exportReferencesGraph` asks for
  /// @param buildDirectory the build directory as the builder sees it
  /// @param cores value of `NIX_BUILD_CORES`
  /// @throws RealiseException when an attribute is not what it should be
  static BuilderEnvironment of(
      Derivation derivation,
      Attributes attributes,
      Map<String, StorePath> outputs,
      Map<String, JsonNode> graphs,
      String buildDirectory,
      int cores)
      throws RealiseException {
    SortedMap<ByteString, ByteString> variables = new TreeMap<>();
    SortedMap<String, ByteString> files = new TreeMap<>();
    Placeholders placeholders = new Placeholders(outputs);

    put(variables, "PATH", "/path-not-set");
    put(variables, "HOME", "/homeless-shelter");
    put(variables, "NIX_STORE", StoreDirectory.NIX.directory());
    put(variables, "NIX_BUILD_CORES", Integer.toString(cores));

    Optional<ObjectNode> structured = attributes.structured();
    if (structured.isPresent()) {
      structuredFiles(structured.get(), outputs, graphs, attributes)
          .forEach((name, contents) -> files.put(name, placeholders.replaceIn(contents)));
    } else {
      Set<String> passAsFile = new HashSet<>(attributes.words("passAsFile").orElse(List.of()));
      derivation
          .env()
          .forEach(
              (key, value) -> {
                ByteString replaced = placeholders.replaceIn(value);
                if (passAsFile.contains(key.utf8())) {
                  String file = ".attr-" + Nix32.encode(sha256(key.toByteArray()));
                  files.put(file, replaced);
                  put(variables, key.utf8() + "Path", buildDirectory + "/" + file);
                } else {
                  variables.put(key, replaced);
                }
              });
    }

    for (String name : List.of("NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD")) {
      put(variables, name, buildDirectory);
    }
    if (derivation.fixedOutput().isPresent()) {
      put(variables, "NIX_OUTPUT_CHECKED", "1");
      // The caller's, which a build never sees: as if they were not set.
      attributes.words("impureEnvVars").orElse(List.of()).forEach(name -> put(variables, name, ""));
    }
    put(variables, "NIX_LOG_FD", "2");
    put(variables, "TERM", "xterm-256color");
    if (structured.isPresent()) {
      put(variables, "NIX_ATTRS_SH_FILE", buildDirectory + "/" + SHELL_FILE);
      put(variables, "NIX_ATTRS_JSON_FILE", buildDirectory + "/" + JSON_FILE);
    }

    return new BuilderEnvironment(
        variables, derivation.args().stream().map(placeholders::replaceIn).toList(), files);
  }

  private static Map<String, ByteString> structuredFiles(
      ObjectNode structured,
      Map<String, StorePath> outputs,
      Map<String, JsonNode> graphs,
      Attributes attributes)
      throws RealiseException {
    ObjectNode all = structured.deepCopy();
    ObjectNode paths = all.putObject("outputs");
    outputs.forEach((name, path) -> paths.put(name, path.toString()));
    graphs.forEach(all::set);
    try {
      return Map.of(JSON_FILE, StructuredFiles.json(all), SHELL_FILE, StructuredFiles.shell(all));
    } catch (CharacterCodingException _) {
      throw attributes.wrong("__json", "Unicode");
    }
  }

  private static void put(SortedMap<ByteString, ByteString> variables, String key, String value) {
    variables.put(ByteString.of(key), ByteString.of(value));
  }

  private static byte[] sha256(byte[] bytes) {
    return Hash.of(HashAlgorithm.SHA256, bytes).bytes();
  }

  /// Stand-ins for output paths in the text of a derivation, and what they stand for.
  private static final class Placeholders {
    private final List<byte[]> from = new ArrayList<>();
    private final List<byte[]> to = new ArrayList<>();

    Placeholders(Map<String, StorePath> outputs) {
      outputs.forEach(
          (name, path) -> {
            from.add(Derivation.placeholder(name).getBytes(StandardCharsets.UTF_8));
            to.add(path.toString().getBytes(StandardCharsets.UTF_8));
          });
    }

    ByteString replaceIn(ByteString text) {
      byte[] bytes = text.toByteArray();
      boolean changed = false;
      for (int i = 0; i < from.size(); i++) {
        int at = indexOf(bytes, from.get(i), 0);
        while (at >= 0) {
          byte[] longer = new byte[bytes.length - from.get(i).length + to.get(i).length];
          System.arraycopy(bytes, 0, longer, 0, at);
          System.arraycopy(to.get(i), 0, longer, at, to.get(i).length);
          System.arraycopy(
              bytes,
              at + from.get(i).length,
              longer,
              at + to.get(i).length,
              bytes.length - at - from.get(i).length);
          bytes = longer;
          changed = true;
          at = indexOf(bytes, from.get(i), at + to.get(i).length);
        }
      }
      return changed ? ByteString.of(bytes) : text;
    }

    private static int indexOf(byte[] bytes, byte[] wanted, int start) {
      for (int i = start; i <= bytes.length - wanted.length; i++) {
        if (bytes[i] == '/'
            && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
          return i;
        }
      }
      return -1;
    }
  }
}
