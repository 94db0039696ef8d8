package dev.synapse.store.derivation;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One build: what goes in, what is run, and what comes out. Its file in the store is a term in one
/// line, the same bytes for the same values.
///
/// @param name without `.drv`; outputs are called after it
/// @param outputs at least one, all of one kind; if fixed, one that is called `out`
/// @param inputDerivations the derivations that this one builds on, each with the outputs it uses
/// @param inputSources other things in the store that it uses
/// @param system such as `x86_64-linux`; has no quote and no backslash
/// @param builder the program that is run
/// @param args its arguments, in order
/// @param env its environment
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/derivation-aterm">Nix manual,
///   Derivation “ATerm” file format</a>
public record Derivation(
    String name,
    SortedMap<String, DerivationOutput> outputs,
    SortedMap<StorePath, SortedSet<String>> inputDerivations,
    SortedSet<StorePath> inputSources,
    ByteString system,
    ByteString builder,
    List<ByteString> args,
    SortedMap<ByteString, ByteString> env) {
  private static final String SUFFIX = ".drv";
  private static final String ONLY_FIXED = "out";

  /// Refuses outputs that cannot be together, and names that give no store path.
  public Derivation {
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    inputDerivations = copyOf(inputDerivations);
    inputSources = Collections.unmodifiableSortedSet(new TreeSet<>(inputSources));
    args = List.copyOf(args);
    env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    problemOf(name, outputs)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem.message());
            });
    if (system.contains((byte) '"') || system.contains((byte) '\\')) {
      throw new IllegalArgumentException("invalid system '" + system + "'");
    }
  }

  private static SortedMap<StorePath, SortedSet<String>> copyOf(
      SortedMap<StorePath, SortedSet<String>> inputs) {
    SortedMap<StorePath, SortedSet<String>> copy = new TreeMap<>();
    inputs.forEach(
        (path, names) -> copy.put(path, Collections.unmodifiableSortedSet(new TreeSet<>(names))));
    return Collections.unmodifiableSortedMap(copy);
  }

  static Optional<DerivationProblem> problemOf(
      String name, SortedMap<String, DerivationOutput> outputs) {
    if (!StorePath.isName(name + SUFFIX) || !StorePath.isName(name) || name.endsWith(SUFFIX)) {
      return Optional.of(new DerivationProblem.BadName(name));
    }
    for (String output : outputs.keySet()) {
      if (!StorePath.isName(output) || !StorePath.isName(StoreDirectory.outputName(output, name))) {
        return Optional.of(
            new DerivationProblem.BadOutput(name, output, "it gives no name for a path"));
      }
    }
    return conflictOf(outputs).map(reason -> new DerivationProblem.BadOutputs(name, reason));
  }

  /// Why outputs that each may be cannot be together.
  private static Optional<String> conflictOf(SortedMap<String, DerivationOutput> outputs) {
    Set<Class<?>> kinds = new HashSet<>();
    outputs.values().forEach(output -> kinds.add(output.getClass()));
    if (kinds.isEmpty()) {
      return Optional.of("there are none");
    }
    if (kinds.size() > 1) {
      return Optional.of("they are of different kinds");
    }
    if (kinds.contains(DerivationOutput.Fixed.class)
        && !outputs.keySet().equals(Set.of(ONLY_FIXED))) {
      return Optional.of("one with a fixed hash stands alone, as 'out'");
    }
    return Optional.empty();
  }

  /// Starts a derivation of this name with no inputs.
  public static DerivationBuilder named(String name) {
    return new DerivationBuilder(name);
  }

  /// Reads the file of a derivation. Lists need not be sorted and the last of equal keys counts;
  /// [#toBytes()] then gives the sorted form. The path recorded for a fixed output is not believed.
  ///
  /// @param name the name in the file's path, without `.drv`
  public static Derivation parse(byte[] term, String name) throws DerivationException {
    return new DerivationParser(term, name).parse();
  }

  /// The bytes of the file.
  public byte[] toBytes() {
    return DerivationPrinter.print(this);
  }

  /// The path of the file.
  public StorePath storePath() {
    return StoreDirectory.NIX.textPath(
        name + SUFFIX, Hash.of(HashAlgorithm.SHA256, toBytes()), references());
  }

  /// What the file refers to: all inputs. Outputs are no references.
  public SortedSet<StorePath> references() {
    SortedSet<StorePath> references = new TreeSet<>(inputSources);
    references.addAll(inputDerivations.keySet());
    return references;
  }

  /// The path of the output `output`; empty if it is not known before the build, or if there is no
  /// such output.
  public Optional<StorePath> outputPath(String output) {
    return switch (outputs.get(output)) {
      case DerivationOutput.InputAddressed(var path) -> Optional.of(path);
      case DerivationOutput.Fixed(var recursive, var hash) ->
          Optional.of(
              StoreDirectory.NIX.fixedPath(
                  StoreDirectory.outputName(output, name), recursive, hash));
      case DerivationOutput.Floating _, DerivationOutput.Deferred _, DerivationOutput.Impure _ ->
          Optional.empty();
      case null -> Optional.empty();
    };
  }

  /// The paths of all outputs that are known before the build.
  public SortedMap<String, StorePath> outputPaths() {
    SortedMap<String, StorePath> paths = new TreeMap<>();
    outputs.keySet().forEach(name -> outputPath(name).ifPresent(path -> paths.put(name, path)));
    return paths;
  }

  /// The fixed output, if this derivation has one.
  public Optional<DerivationOutput.Fixed> fixedOutput() {
    return outputs.firstEntry().getValue() instanceof DerivationOutput.Fixed fixed
        ? Optional.of(fixed)
        : Optional.empty();
  }

  /// The value of the variable `key`, if it is set.
  public Optional<ByteString> variable(String key) {
    return Optional.ofNullable(env.get(ByteString.of(key)));
  }

  /// The text that stands for the path of an output while that is not known.
  public static String placeholder(String output) {
    byte[] text = ("nix-output:" + output).getBytes(StandardCharsets.UTF_8);
    return "/" + Hash.of(HashAlgorithm.SHA256, text).toNix32();
  }

  /// This derivation with the paths of its outputs as they follow from everything else, and with
  /// the variables named after the outputs holding them. Floating and impure outputs keep having no
  /// path, their variables hold placeholders.
  public Derivation withComputedOutputs(DerivationHasher hasher)
      throws IOException, DerivationException {
    SortedMap<String, DerivationOutput> computed = new TreeMap<>(outputs);
    SortedMap<ByteString, ByteString> variables = new TreeMap<>(env);
    if (followsFromInputs()) {
      outputs.keySet().forEach(output -> variables.put(ByteString.of(output), ByteString.EMPTY));
      computed.replaceAll((_, _) -> new DerivationOutput.Deferred());
      Derivation masked = with(computed, variables);
      HashModulo modulo = hasher.masked(masked);
      if (!modulo.deferred()) {
        computed.replaceAll(
            (output, _) ->
                new DerivationOutput.InputAddressed(
                    StoreDirectory.NIX.outputPath(output, modulo.of(output), name)));
      }
    }
    Derivation result = with(computed, variables);
    for (String output : outputs.keySet()) {
      String unknown =
          computed.get(output) instanceof DerivationOutput.Deferred ? "" : placeholder(output);
      String value = result.outputPath(output).map(StorePath::toString).orElse(unknown);
      variables.put(ByteString.of(output), ByteString.of(value));
    }
    return with(computed, variables);
  }

  private Derivation with(
      SortedMap<String, DerivationOutput> computed, SortedMap<ByteString, ByteString> variables) {
    return new Derivation(
        name, computed, inputDerivations, inputSources, system, builder, args, variables);
  }

  private boolean followsFromInputs() {
    return outputs.values().stream()
        .allMatch(
            output ->
                output instanceof DerivationOutput.InputAddressed
                    || output instanceof DerivationOutput.Deferred);
  }

  /// Refuses a derivation whose output paths do not follow from it, or whose variables do not hold
  /// them. To be asked before a path that ends in `.drv` becomes valid. What has no path yet
  /// passes.
  public void check(DerivationHasher hasher) throws IOException, DerivationException {
    for (Map.Entry<String, DerivationOutput> entry : outputs.entrySet()) {
      String output = entry.getKey();
      if (entry.getValue() instanceof DerivationOutput.InputAddressed(var path)) {
        HashModulo modulo = hasher.masked(this);
        if (modulo.deferred()) {
          throw new DerivationException(
              new DerivationProblem.BadOutput(
                  name, output, "its path cannot be known before its inputs are built"));
        }
        StorePath expected = StoreDirectory.NIX.outputPath(output, modulo.of(output), name);
        if (!path.equals(expected)) {
          throw new DerivationException(
              new DerivationProblem.IncorrectOutput(name, output, path.toString(), expected));
        }
      }
      Optional<StorePath> path = outputPath(output);
      if (path.isPresent()
          && !Optional.of(ByteString.of(path.get().toString())).equals(variable(output))) {
        throw new DerivationException(
            new DerivationProblem.IncorrectVariable(name, output, path.get()));
      }
    }
  }
}
