package dev.synapse.store.derivation;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Gathers the parts of a derivation; [#build] computes where its outputs will lie.
public final class DerivationBuilder {
  private final String name;
  private final SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
  private final SortedMap<StorePath, SortedSet<String>> inputDerivations = new TreeMap<>();
  private final SortedSet<StorePath> inputSources = new TreeSet<>();
  private ByteString system = ByteString.EMPTY;
  private ByteString builder = ByteString.EMPTY;
  private final List<ByteString> args = new ArrayList<>();
  private final SortedMap<ByteString, ByteString> env = new TreeMap<>();

  DerivationBuilder(String name) {
    this.name = name;
  }

  /// The kind of machine it is built on, such as `x86_64-linux`.
  public DerivationBuilder system(String value) {
    system = ByteString.of(value);
    return this;
  }

  /// The program that is run.
  public DerivationBuilder builder(String path) {
    builder = ByteString.of(path);
    return this;
  }

  /// One more argument of the program.
  public DerivationBuilder arg(String value) {
    args.add(ByteString.of(value));
    return this;
  }

  /// A variable of the program's environment.
  public DerivationBuilder env(String key, String value) {
    return env(ByteString.of(key), ByteString.of(value));
  }

  /// A variable of the program's environment.
  public DerivationBuilder env(ByteString key, ByteString value) {
    env.put(key, value);
    return this;
  }

  /// Something in the store that the build uses.
  public DerivationBuilder source(StorePath path) {
    inputSources.add(path);
    return this;
  }

  /// An output of another derivation that the build uses.
  public DerivationBuilder input(StorePath derivation, String output) {
    inputDerivations.computeIfAbsent(derivation, _ -> new TreeSet<>()).add(output);
    return this;
  }

  /// An output whose path follows from the inputs.
  public DerivationBuilder output(String output) {
    outputs.put(output, new DerivationOutput.Deferred());
    return this;
  }

  /// The single output `out`, whose contents are known by their hash.
  ///
  /// @param recursive whether `hash` is that of the NAR, else that of the file's bytes
  public DerivationBuilder fixedOutput(boolean recursive, Hash hash) {
    outputs.put("out", new DerivationOutput.Fixed(recursive, hash));
    return this;
  }

  /// The derivation, with the paths of its outputs also in the variables named after them.
  public Derivation build(DerivationHasher hasher) throws IOException, DerivationException {
    return new Derivation(name, outputs, inputDerivations, inputSources, system, builder, args, env)
        .withComputedOutputs(hasher);
  }
}
