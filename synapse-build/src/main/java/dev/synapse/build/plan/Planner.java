package dev.synapse.build.plan;

import dev.synapse.build.manifest.Gate;
import dev.synapse.build.manifest.Input;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.maven.MavenOptions;
import dev.synapse.build.realise.Realiser;
import dev.synapse.build.realise.Room;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.derivation.DerivationOutput;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Makes the derivation of a package: a pure function of its manifest, where its inputs lie, and
/// the builder's scripts.
public final class Planner {
  /// The program that runs every builder; each toolchain has it.
  static final String BUILDER = "/usr/bin/bash";

  private static final String SYSTEM = "x86_64-linux";
  private static final String REPORT = "report";

  private Planner() {}

  /// The derivation of `wanted`.
  ///
  /// @throws DerivationException when manifest values make no derivation, such as an output's name
  public static Derivation plan(
      Manifest manifest, PackageSpec wanted, PlannedInputs inputs, BuilderScripts scripts)
      throws DerivationException, IOException {
    String version = manifest.project().version();
    String name = version.isEmpty() ? wanted.name() : wanted.name() + "-" + version;
    NavigableSet<StorePath> sources = new TreeSet<>();
    sources.add(inputs.source());
    sources.add(inputs.toolchain());
    sources.add(scripts.setup());
    inputs.mavenRepository().ifPresent(sources::add);
    SortedMap<String, String> variables = surroundings(manifest, wanted);
    variables.put("name", name);
    variables.put("system", SYSTEM);
    variables.put("outputs", String.join(" ", wanted.outputs()));
    variables.put("src", inputs.source().toString());
    variables.put("kind", wanted.recipe().kind().label());
    variables.put(Realiser.ROOT_VARIABLE, inputs.toolchain().toString());
    for (String input : wanted.recipe().inputs()) {
      StorePath place = required(inputs.inputs(), input);
      variables.put(Input.variableOf(input), place.toString());
      sources.add(place);
    }
    variables.put(
        "inputs",
        wanted.recipe().inputs().stream().map(Input::variableOf).collect(Collectors.joining(" ")));
    inputs
        .mavenRepository()
        .ifPresent(repository -> variables.putAll(mavenVariables(manifest, repository)));
    wanted
        .recipe()
        .phases()
        .forEach((phase, script) -> variables.put("phase_" + phase.label(), script));
    Optional<Gate> reported = wanted.gate().filter(_ -> wanted.outputs().contains(REPORT));
    if (reported.isPresent()) {
      variables.putAll(reportVariables(reported.get(), scripts));
      sources.add(scripts.report());
      sources.add(scripts.reportAwk());
    }
    return derivation(name, wanted.outputs(), sources, scripts.setup(), variables);
  }

  /// What every builder finds, unless the toolchain or the package says otherwise.
  private static SortedMap<String, String> surroundings(Manifest manifest, PackageSpec wanted) {
    SortedMap<String, String> variables = new TreeMap<>();
    variables.put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    variables.put("LANG", "C.UTF-8");
    variables.put("LC_ALL", "C.UTF-8");
    variables.put("TZ", "UTC");
    variables.put("SOURCE_DATE_EPOCH", Long.toString(manifest.project().sourceDate()));
    variables.putAll(manifest.toolchainOf(wanted).env());
    variables.putAll(wanted.recipe().env());
    return variables;
  }

  private static Map<String, String> mavenVariables(Manifest manifest, StorePath repository) {
    List<String> options =
        MavenOptions.offline(
            Room.BUILD_DIRECTORY + "/maven",
            repository.toString(),
            manifest.project().sourceDate());
    return Map.of(
        "mavenRepository", repository.toString(), "mavenOptions", String.join(" ", options));
  }

  private static Map<String, String> reportVariables(Gate gate, BuilderScripts scripts) {
    Map<String, String> variables = new TreeMap<>();
    variables.put("reportTests", String.join("\n", gate.tests().patterns()));
    variables.put("reportCoverage", String.join("\n", gate.coverage().patterns()));
    List<String> usual = new ArrayList<>();
    if (!gate.tests().each()) {
      usual.add("tests");
    }
    if (!gate.coverage().each()) {
      usual.add("coverage");
    }
    if (!usual.isEmpty()) {
      variables.put("reportUsual", String.join(" ", usual));
    }
    variables.put("reportScript", scripts.report().toString());
    variables.put("reportAwk", scripts.reportAwk().toString());
    return variables;
  }

  private static Derivation derivation(
      String name,
      List<String> outputNames,
      NavigableSet<StorePath> sources,
      StorePath setup,
      SortedMap<String, String> variables)
      throws DerivationException, IOException {
    SortedMap<String, DerivationOutput> outputs = new TreeMap<>();
    outputNames.forEach(output -> outputs.put(output, new DerivationOutput.Deferred()));
    SortedMap<ByteString, ByteString> env = new TreeMap<>();
    variables.forEach((key, value) -> env.put(ByteString.of(key), ByteString.of(value)));
    Derivation derivation =
        new Derivation(
            name,
            outputs,
            new TreeMap<>(),
            sources,
            ByteString.of(SYSTEM),
            ByteString.of(BUILDER),
            List.of(ByteString.of(setup.toString())),
            env);
    return derivation.withComputedOutputs(
        new DerivationHasher(
            path -> {
              throw new IllegalStateException("a plan has no input derivation, yet " + path);
            }));
  }

  /// The limits of the manifest as the sandbox takes them.
  public static dev.synapse.sandbox.Limits limits(PackageSpec wanted) {
    var limits = wanted.limits();
    return new dev.synapse.sandbox.Limits(
        limits.wallTime(),
        limits.silence(),
        limits.memory(),
        Math.toIntExact(Math.min(limits.processes(), Integer.MAX_VALUE)),
        limits.outputSize(),
        Integer.MAX_VALUE);
  }

  private static StorePath required(Map<String, StorePath> inputs, String name) {
    return Optional.ofNullable(inputs.get(name))
        .orElseThrow(() -> new IllegalStateException("input '" + name + "' was not prepared"));
  }
}
