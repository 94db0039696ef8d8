package dev.synapse.build.manifest;

import dev.synapse.build.document.Node;
import dev.synapse.build.document.Problems;
import dev.synapse.build.document.Section;
import dev.synapse.build.document.Words;
import dev.synapse.store.hash.Hash;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// Turns the tables of `synapse.toml` into a [Manifest] and notes every violation. What it gives is
/// to be used only when nothing was noted: wrong values are replaced by any that fit.
final class ManifestReader {
  private static final String ANY = "x";
  private static final Gate.Reports NO_REPORTS = Gate.Reports.each(List.of());
  private static final long MOST_PROCESSES = 4_194_304; // the kernel's own limit
  private static final String REPORT = "report";
  private static final String SURROUNDING =
      "is a variable that every build has; choose another name";

  /// Variables that the build sets itself, or that mean something to what realises it.
  private static final Set<String> SURROUNDINGS =
      Set.of(
          "allowedReferences",
          "allowedRequisites",
          "allowSubstitutes",
          "args",
          "BASH_ENV",
          "builder",
          "check_status",
          "disallowedReferences",
          "disallowedRequisites",
          "exportReferencesGraph",
          "HOME",
          "impureEnvVars",
          "inputs",
          "kind",
          "mavenOptions",
          "mavenRepository",
          "mavenSettings",
          "measured",
          "name",
          "NIX_BUILD_CORES",
          "NIX_BUILD_TOP",
          "NIX_LOG_FD",
          "NIX_STORE",
          "outputHash",
          "outputHashAlgo",
          "outputHashMode",
          "outputs",
          "passAsFile",
          "PATH",
          "preferLocalBuild",
          "PWD",
          "recordGoals",
          "recordOptions",
          "reportAwk",
          "reportCoverage",
          "reportScript",
          "reportTests",
          "reportUsual",
          "requiredSystemFeatures",
          "SOURCE_DATE_EPOCH",
          "sources",
          "src",
          "synapseRoot",
          "system",
          "TEMP",
          "TEMPDIR",
          "TMP",
          "TMPDIR",
          "unpacked");

  private static final List<String> SURROUNDING_STARTS = List.of("__", "phase_");

  private final Section root;
  private final SequencedSet<String> toolchainNames;
  private final SequencedSet<String> packageNames;
  private final Map<String, Section> inputSections = new LinkedHashMap<>();

  ManifestReader(Problems problems, Node.Table table) {
    root = Section.root(problems, table);
    toolchainNames = root.keysOf("toolchains");
    packageNames = root.keysOf("packages");
  }

  Manifest read() {
    Project project = root.neededSection("project").map(this::project).orElse(anyProject());
    var toolchains = table(root, "toolchains", this::toolchain);
    var inputs = table(root, "inputs", this::input);
    var packages =
        table(root, "packages", (name, section) -> Optional.of(packageSpec(name, section, inputs)));
    noteClashes(packages);
    Map<String, String> names = new HashMap<>();
    packageNames.forEach(name -> names.put(name, name));
    packages
        .values()
        .forEach(each -> each.aliases().forEach(alias -> names.put(alias, each.name())));
    var checks = table(root, "checks", (name, section) -> Optional.of(check(name, section, names)));
    var shells = table(root, "shells", (name, section) -> Optional.of(shell(name, section, names)));
    var runners = table(root, "runners", (name, section) -> Optional.of(runner(name, section)));
    root.finish();
    return new Manifest(project, toolchains, inputs, packages, checks, shells, runners);
  }

  private interface Entry<V> {
    Optional<V> read(String name, Section section);
  }

  private static <V> SequencedMap<String, V> table(Section above, String key, Entry<V> entry) {
    SequencedMap<String, V> values = new LinkedHashMap<>();
    above
        .section(key)
        .ifPresent(
            tables -> {
              for (String name : tables.keys()) {
                noteBadKey(tables, name, Form.NAME);
                tables
                    .section(name)
                    .flatMap(section -> entry.read(name, section))
                    .ifPresent(value -> values.put(name, value));
              }
            });
    return values;
  }

  private static void noteBadKey(Section section, String key, Form<?> form) {
    if (form.parse().apply(key).isEmpty()) {
      section.note(key, "expected " + form.expected());
    }
  }

  // project

  private Project project(Section section) {
    var project =
        new Project(
            needed(section, "name", Form.NAME).orElse(ANY),
            text(section, "version", Form.VERSION).orElse(""),
            text(section, "description", Form.TEXT),
            text(section, "license", Form.SOME_TEXT),
            sourceDate(section));
    section.finish();
    return project;
  }

  private static Project anyProject() {
    return new Project(ANY, "", Optional.empty(), Optional.empty(), 0);
  }

  private static long sourceDate(Section section) {
    String key = "source-date";
    Optional<Node> found = section.find(key);
    if (found.isEmpty()) {
      return 0;
    }
    OptionalLong seconds =
        switch (found.get()) {
          case Node.Whole(_, var value) when value >= 0 && value <= Units.LAST_SECOND ->
              OptionalLong.of(value);
          case Node.Text(_, var text) -> Units.seconds(text);
          case Node.Other(_, var text) -> Units.seconds(text);
          default -> OptionalLong.empty();
        };
    if (seconds.isEmpty()) {
      section.note(
          key,
          "expected seconds since 1970 or a date like 2026-11-23, found " + found.get().shown());
    }
    return seconds.orElse(0);
  }

  // toolchains

  private Optional<Toolchain> toolchain(String name, Section section) {
    Optional<Debian> debian = section.neededSection("debian").map(ManifestReader::debian);
    var env = env(section, Set.of());
    SequencedMap<String, String> links =
        strings(section, "links", Form.ABSOLUTE_PATH, Form.ABSOLUTE_PATH);
    section.finish();
    return debian.map(found -> new Toolchain(name, found, env, links));
  }

  private static Debian debian(Section section) {
    Optional<String> suite = needed(section, "suite", Form.SUITE);
    List<String> packages = section.neededTexts("packages", Form.DEB.expected(), Form.DEB.parse());
    List<String> components =
        section.someTexts("components", Form.COMPONENT.expected(), Form.COMPONENT.parse());
    Optional<String> architecture = text(section, "architecture", Form.ARCHITECTURE);
    section.finish();
    return new Debian(
        suite.orElse(ANY),
        orAny(packages),
        components.isEmpty() ? Debian.DEFAULT_COMPONENTS : components,
        architecture.orElse(Debian.DEFAULT_ARCHITECTURE));
  }

  private static List<String> orAny(List<String> values) {
    return values.isEmpty() ? List.of(ANY) : values;
  }

  /// A table of strings.
  private static SequencedMap<String, String> strings(
      Section above, String key, Form<String> keys, Form<String> values) {
    SequencedMap<String, String> entries = new LinkedHashMap<>();
    above
        .section(key)
        .ifPresent(
            section -> {
              for (String name : section.keys()) {
                noteBadKey(section, name, keys);
                text(section, name, values).ifPresent(value -> entries.put(name, value));
              }
            });
    return entries;
  }

  private static SequencedMap<String, String> env(Section above, Collection<String> outputs) {
    var variables = strings(above, "env", Form.VARIABLE, Form.TEXT);
    above
        .section("env")
        .ifPresent(
            section -> {
              for (String name : section.keys()) {
                if (isSurrounding(name) || outputs.contains(name)) {
                  section.note(name, SURROUNDING);
                }
              }
            });
    return variables;
  }

  private static boolean isSurrounding(String variable) {
    return SURROUNDINGS.contains(variable)
        || SURROUNDING_STARTS.stream().anyMatch(variable::startsWith);
  }

  // inputs

  private static final List<String> INPUT_KINDS = List.of("url", "urls", "artifact", "path", "git");

  private Optional<Input> input(String name, Section section) {
    inputSections.put(name, section);
    List<String> kinds = INPUT_KINDS.stream().filter(section::has).toList();
    boolean unpack = section.truth("unpack");
    Optional<Input> input =
        switch (kinds.size() == 1 ? kinds.getFirst() : "") {
          case "url" -> url(name, section, unpack);
          case "urls" -> urls(name, section, unpack);
          case "artifact" ->
              text(section, "artifact", Form.COORDINATES)
                  .map(coordinates -> new Input.Artifact(name, coordinates, unpack));
          case "path", "git" -> {
            text(section, kinds.getFirst(), Form.SOME_TEXT);
            text(section, "follows", Form.NAME);
            section.note(kinds.getFirst(), "inputs from another project are not supported yet");
            yield Optional.empty();
          }
          default -> {
            section.note(
                kinds.isEmpty()
                    ? "expected one of the keys url, urls, artifact"
                    : "expected only one of the keys " + String.join(", ", kinds));
            section.find("sha256");
            section.find("follows");
            yield Optional.empty();
          }
        };
    section.finish();
    return input;
  }

  private static Optional<Input> url(String name, Section section, boolean unpack) {
    Optional<Hash> sha256 = text(section, "sha256", Form.SHA256);
    return text(section, "url", Form.ADDRESS)
        .map(address -> new Input.Url(name, List.of(address), sha256, unpack));
  }

  private static Optional<Input> urls(String name, Section section, boolean unpack) {
    Optional<Hash> sha256 = text(section, "sha256", Form.SHA256);
    List<String> addresses =
        section.someTexts("urls", Form.ADDRESS.expected(), Form.ADDRESS.parse());
    return addresses.isEmpty()
        ? Optional.empty()
        : Optional.of(new Input.Url(name, addresses, sha256, unpack));
  }

  // packages

  private PackageSpec packageSpec(
      String name, Section section, SequencedMap<String, Input> inputs) {
    List<String> aliases = section.texts("aliases", Form.NAME.expected(), Form.NAME.parse());
    boolean gated = section.has("gmp");
    List<String> outputs = outputs(section, gated);
    Recipe recipe = recipe(section, outputs);
    Source source =
        section
            .section("source")
            .flatMap(found -> source(found, inputs, recipe))
            .orElse(new Source.Git());
    Limits limits = section.section("limits").map(ManifestReader::limits).orElse(Limits.DEFAULT);
    Optional<Gate> gate = section.section("gmp").map(found -> gate(found, recipe.kind()));
    section.finish();
    return new PackageSpec(name, aliases, source, recipe, outputs, limits, gate);
  }

  private static List<String> outputs(Section section, boolean gated) {
    if (!section.has("outputs")) {
      return gated ? List.of("out", REPORT) : List.of("out");
    }
    List<String> outputs =
        section.someTexts("outputs", Form.OUTPUT.expected(), Form.OUTPUT.parse());
    noteBadOutputs(section, outputs, gated);
    return outputs.isEmpty() ? List.of("out") : outputs;
  }

  private static void noteBadOutputs(Section section, List<String> outputs, boolean gated) {
    for (String output : outputs) {
      if (isSurrounding(output)) {
        section.note("outputs", Words.quoted(output) + " " + SURROUNDING);
      }
    }
    if (outputs.isEmpty()) {
      return; // noted already
    }
    if (!outputs.contains("out")) {
      section.note("outputs", "'out' is missing");
    }
    if (gated && !outputs.contains(REPORT)) {
      section.note("outputs", "'report' is missing: a package with a gate has it");
    }
  }

  private Recipe recipe(Section section, List<String> outputs) {
    String toolchain = needed(section, "toolchain", Form.NAME).orElse("");
    noteUnknown(section, "toolchain", "toolchain", toolchain, toolchainNames);
    List<String> goals =
        section
            .section("maven")
            .map(
                maven -> {
                  var record =
                      maven.neededTexts("record", Form.ARGUMENT.expected(), Form.ARGUMENT.parse());
                  maven.finish();
                  return record;
                })
            .orElse(List.of());
    Kind kind =
        text(section, "kind", Form.oneOf(Kind.class))
            .orElse(section.has("maven") ? Kind.MAVEN : Kind.PLAIN);
    var env = env(section, outputs);
    List<String> inputs = packageInputs(section, env.keySet(), outputs);
    return new Recipe(kind, toolchain, inputs, goals, env, phases(section));
  }

  private List<String> packageInputs(Section section, Set<String> variables, List<String> outputs) {
    List<String> names = section.texts("inputs", Form.SOME_TEXT.expected(), Form.SOME_TEXT.parse());
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      int hash = name.indexOf('#');
      noteUnknown(
          section, "inputs", "input", hash < 0 ? name : name.substring(0, hash), inputNames());
      String variable = Input.variableOf(name);
      String other = seen.putIfAbsent(variable, name);
      if (other != null) {
        section.note(
            "inputs",
            "%s and %s would both be $%s"
                .formatted(Words.quoted(other), Words.quoted(name), variable));
      }
      if (variables.contains(variable) || outputs.contains(variable) || isSurrounding(variable)) {
        section.note(
            "inputs",
            "%s would be $%s, which is something else already"
                .formatted(Words.quoted(name), variable));
      }
    }
    return names;
  }

  private Set<String> inputNames() {
    return inputSections.keySet();
  }

  private static Map<Phase, String> phases(Section above) {
    Map<Phase, String> phases = new EnumMap<>(Phase.class);
    above
        .section("phases")
        .ifPresent(
            section -> {
              for (Phase phase : Phase.values()) {
                text(section, phase.label(), Form.TEXT)
                    .ifPresent(script -> phases.put(phase, script));
              }
              section.finish();
            });
    return phases;
  }

  private Optional<Source> source(
      Section section, SequencedMap<String, Input> inputs, Recipe recipe) {
    boolean git = section.truth("git");
    List<String> include = section.someTexts("include", Form.GLOB.expected(), Form.GLOB.parse());
    List<String> exclude = section.texts("exclude", Form.GLOB.expected(), Form.GLOB.parse());
    Optional<String> input = text(section, "input", Form.NAME);
    section.finish();
    long kinds = List.of("git", "include", "input").stream().filter(section::has).count();
    if (kinds != 1) {
      section.note("expected exactly one of the keys git, include, input");
      return Optional.empty();
    }
    if (section.has("exclude") && !section.has("include")) {
      section.note("exclude", "only has a meaning beside 'include'");
    }
    if (section.has("git")) {
      noteIfFalse(section, "git", git);
      return Optional.of(new Source.Git());
    }
    if (section.has("include")) {
      return include.isEmpty() ? Optional.empty() : Optional.of(new Source.Globs(include, exclude));
    }
    input.ifPresent(name -> noteBadSource(section, name, inputs, recipe));
    return input.map(Source.FromInput::new);
  }

  private static void noteIfFalse(Section section, String key, boolean value) {
    if (!value && section.find(key).orElse(null) instanceof Node.Truth) {
      section.note(key, "expected true, found false");
    }
  }

  private void noteBadSource(
      Section section, String name, SequencedMap<String, Input> inputs, Recipe recipe) {
    noteUnknown(section, "input", "input", name, inputNames());
    Input input = inputs.get(name);
    if (input != null && !input.unpack() && !recipe.phases().containsKey(Phase.UNPACK)) {
      section.note(
          "input",
          "%s is a file; set inputs.%s.unpack = true, or write phases.unpack"
              .formatted(Words.quoted(name), name));
    }
  }

  private static Limits limits(Section section) {
    Limits standard = Limits.DEFAULT;
    var limits =
        new Limits(
            duration(section, "wall-time").orElse(standard.wallTime()),
            duration(section, "silence").orElse(standard.silence()),
            size(section, "memory").orElse(standard.memory()),
            section.whole("processes", 1, MOST_PROCESSES).orElse(standard.processes()),
            size(section, "output-size").orElse(standard.outputSize()));
    section.finish();
    return limits;
  }

  private static Optional<Duration> duration(Section section, String key) {
    return section.text(key, "a duration like \"2h\" or \"1h30m\"", Units::duration);
  }

  private static Optional<Long> size(Section section, String key) {
    return section.text(key, "a size like \"8GiB\" or \"500MB\"", Units::size);
  }

  private static Gate gate(Section section, Kind kind) {
    boolean maven = kind == Kind.MAVEN;
    var gate =
        new Gate(
            stage(section),
            text(section, "mode", Form.oneOf(Gate.Mode.class)).orElse(Gate.Mode.WARN),
            reports(section, "tests", maven ? Gate.MAVEN_TESTS : NO_REPORTS),
            reports(section, "coverage", maven ? Gate.MAVEN_COVERAGE : NO_REPORTS),
            reports(section, "sources", maven ? Gate.MAVEN_SOURCES : NO_REPORTS),
            text(section, "release", Form.oneOf(Gate.Release.class)).orElse(Gate.Release.GATE),
            gateFiles(section));
    section.finish();
    return gate;
  }

  /// A policy may have stages of its own; whether it has that one is seen when it is read.
  private static String stage(Section section) {
    Optional<String> named =
        section.has("policy")
            ? text(section, "stage", Form.STAGE)
            : text(section, "stage", Form.oneOf(Gate.Stage.class)).map(Gate.Stage::label);
    return named.orElse(Gate.Stage.BOOTSTRAP.label());
  }

  private static Gate.Files gateFiles(Section section) {
    var files =
        new Gate.Files(
            text(section, "policy", Form.RELATIVE_PATH),
            section.texts("waivers", Form.RELATIVE_PATH.expected(), Form.RELATIVE_PATH.parse()),
            text(section, "allowed-signers", Form.RELATIVE_PATH),
            globs(section, "mutations"));
    if (section.has("waivers") && !section.has("allowed-signers")) {
      section.note("waivers", "only have a meaning beside 'allowed-signers': they are signed");
    }
    return files;
  }

  private static Gate.Reports reports(Section section, String key, Gate.Reports usual) {
    return section.has(key) ? Gate.Reports.each(globs(section, key)) : usual;
  }

  private static List<String> globs(Section section, String key) {
    return section.texts(key, Form.GLOB.expected(), Form.GLOB.parse());
  }

  private void noteClashes(SequencedMap<String, PackageSpec> packages) {
    Set<String> taken = new HashSet<>(packageNames);
    Optional<Section> section = root.section("packages");
    for (PackageSpec each : packages.values()) {
      for (String alias : each.aliases()) {
        if (!taken.add(alias)) {
          section
              .flatMap(all -> all.section(each.name()))
              .ifPresent(
                  all -> all.note("aliases", Words.quoted(alias) + " names another package"));
        }
      }
    }
  }

  // checks, shells, runners

  private static Check check(String name, Section section, Map<String, String> names) {
    String packageName = needed(section, "package", Form.NAME).orElse("");
    noteUnknown(section, "package", "package", packageName, names.keySet());
    var check =
        new Check(
            name,
            names.getOrDefault(packageName, packageName),
            needed(section, "run", Form.SOME_TEXT).orElse(ANY));
    section.finish();
    return check;
  }

  private Shell shell(String name, Section section, Map<String, String> names) {
    String toolchain = needed(section, "toolchain", Form.NAME).orElse("");
    noteUnknown(section, "toolchain", "toolchain", toolchain, toolchainNames);
    SequencedSet<String> packages = new LinkedHashSet<>();
    for (String used : section.texts("packages", Form.NAME.expected(), Form.NAME.parse())) {
      noteUnknown(section, "packages", "package", used, names.keySet());
      packages.add(names.getOrDefault(used, used));
    }
    var shell =
        new Shell(
            name, toolchain, List.copyOf(packages), text(section, "hook", Form.TEXT).orElse(""));
    section.finish();
    return shell;
  }

  private Runner runner(String name, Section section) {
    String toolchain = needed(section, "toolchain", Form.NAME).orElse("");
    noteUnknown(section, "toolchain", "toolchain", toolchain, toolchainNames);
    Form<Runner.Permission> form = Form.oneOf(Runner.Permission.class);
    List<Runner.Permission> permissions =
        section.texts("permissions", form.expected(), form.parse());
    boolean tooMany = permissions.size() > Runner.MOST_PERMISSIONS;
    if (tooMany) {
      section.note(
          "permissions",
          "expected at most %d, found %d".formatted(Runner.MOST_PERMISSIONS, permissions.size()));
    }
    EnumSet<Runner.Permission> held = EnumSet.noneOf(Runner.Permission.class);
    held.addAll(tooMany ? List.of() : permissions);
    var runner =
        new Runner(name, toolchain, held, needed(section, "run", Form.RELATIVE_PATH).orElse(ANY));
    section.finish();
    return runner;
  }

  // what all share

  private static <T> Optional<T> text(Section section, String key, Form<T> form) {
    return section.text(key, form.expected(), form.parse());
  }

  private static <T> Optional<T> needed(Section section, String key, Form<T> form) {
    return section.neededText(key, form.expected(), form.parse());
  }

  /// An empty name was noted before, as missing or of a wrong form.
  private static void noteUnknown(
      Section section, String key, String what, String name, Collection<String> known) {
    if (!name.isEmpty() && !known.contains(name)) {
      section.note(
          key, "no %s %s; %s".formatted(what, Words.quoted(name), Words.hint(name, known)));
    }
  }
}
