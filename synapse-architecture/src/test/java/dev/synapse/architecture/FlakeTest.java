package dev.synapse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.Runner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The flakes, evaluated in pure mode and built by real Nix, with a stand-in for nixpkgs:
/// `nix/testing`.
@Timeout(300)
final class FlakeTest {
  private static final List<String> SYSTEMS =
      List.of("aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux");

  @TempDir private static Path temporary;
  private static Flakes flakes;

  /// Before each and not before all, so that each test is seen to be skipped where there is no Nix.
  @BeforeEach
  void copyTheFlakes() throws Exception {
    FlakeNix.assumeThere();
    if (flakes == null) {
      flakes = new Flakes(temporary);
    }
  }

  @AfterAll
  static void deleteTheStore() throws Exception {
    if (flakes != null) {
      flakes.nix().deleteStore();
    }
  }

  private static Set<String> names(JsonNode object) {
    return new TreeSet<>(object.propertyNames());
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void everyOutputIsThereForEverySystem() throws Exception {
    JsonNode outputs = derivationsBySystem("packages");
    Set<String> different = new TreeSet<>();
    for (String system : SYSTEMS) {
      JsonNode packages = outputs.get(system);
      assertThat(names(packages)).containsExactly("default", "synapse-cli", "synapse-core");
      assertThat(packages.get("synapse-cli")).isEqualTo(packages.get("synapse-core"));
      assertThat(packages.get("default")).isEqualTo(packages.get("synapse-core"));
      different.add(packages.get("synapse-core").asString());
    }
    assertThat(different).as("one for each system").hasSize(SYSTEMS.size());

    JsonNode checks = derivationsBySystem("checks");
    JsonNode shells = derivationsBySystem("devShells");
    for (String system : SYSTEMS) {
      assertThat(names(checks.get(system)))
          .containsExactly("synapse-core-build", "template-validation");
      assertThat(checks.get(system).get("synapse-core-build"))
          .isEqualTo(outputs.get(system).get("synapse-core"));
      assertThat(names(shells.get(system))).containsExactly("default");
    }
    JsonNode functions =
        flakes.eval(
            "lib",
            "lib: { names = builtins.attrNames lib;"
                + " environments = builtins.mapAttrs (_: each: each.drvPath) lib.jvmEnv;"
                + " functions = map (name: builtins.attrNames (builtins.mapAttrs"
                + "   (_: each: assert builtins.isFunction each; true) lib.${name}))"
                + "   [ \"createTemplateRunner\" \"createAgentRunner\" ]; }");
    assertThat(strings(functions.get("names")))
        .contains("createAgentRunner", "createTemplateRunner", "jvmEnv", "permissions");
    assertThat(names(functions.get("environments"))).containsExactlyElementsOf(SYSTEMS);
    for (JsonNode systems : functions.get("functions")) {
      assertThat(strings(systems)).containsExactlyElementsOf(SYSTEMS);
    }
  }

  private static JsonNode derivationsBySystem(String output) throws Exception {
    JsonNode found =
        flakes.eval(
            output,
            "outputs: builtins.mapAttrs (_: builtins.mapAttrs (_: each: each.drvPath)) outputs");
    assertThat(names(found)).containsExactlyElementsOf(SYSTEMS);
    return found;
  }

  /// Nix's own opinion of an overlay, a module, packages, checks and shells.
  @Test
  void nixFindsNothingWrongWithTheFlake() throws Exception {
    FlakeNix.Result result =
        flakes
            .nix()
            .run(
                List.of(
                    "flake",
                    "check",
                    "--no-build",
                    "--no-write-lock-file",
                    "--override-input",
                    "nixpkgs",
                    "path:" + flakes.standIn(),
                    "path:" + flakes.tree()));
    assertThat(result.succeeded().err()).doesNotContain("error:");
  }

  /// In a checkout, where Nix sees what git tracks; the inner flake by itself as well.
  @Test
  void theFlakesGiveTheSameInAGitCheckout() throws Exception {
    Path checkout = temporary.resolve("checkout");
    run("cp", "-r", flakes.tree().toString(), checkout.toString());
    for (List<String> command :
        List.of(
            List.of("init", "-q"),
            List.of("add", "-A"),
            List.of("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"))) {
      List<String> whole = new ArrayList<>(List.of("git", "-C", checkout.toString()));
      whole.addAll(command);
      run(whole.toArray(String[]::new));
    }
    String output = "packages.x86_64-linux.default";
    String path = "package: package.drvPath";
    JsonNode outer = flakes.eval("git+file://" + checkout, output, path);
    JsonNode inner =
        flakes.eval("git+file://" + checkout + "?dir=nix/flakes/synapse-core", output, path);
    assertThat(inner).isEqualTo(outer);
    assertThat(outer.asString()).contains("synapse-core");
    JsonNode alone =
        flakes.eval(
            "path:" + checkout.resolve("nix/flakes/synapse-core"), "lib", "builtins.attrNames");
    assertThat(strings(alone))
        .as("without sources there is the function that is applied to them")
        .containsExactly("mkOutputs");
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  @Test
  void everyLineOfTheLockIsOneFetchWithItsHash() throws Exception {
    JsonNode artifacts =
        flakes.eval(
            "packages.x86_64-linux.synapse-core",
            "package: { fetches = map (each: { inherit (each) name; inherit (each.path) urls"
                + " outputHash outputHashMode drvPath; }) package.artifacts; repository ="
                + " package.mavenRepository.drvPath; maven = { inherit (package.inputs.maven.file)"
                + " urls outputHash; }; }");
    JsonNode lock =
        JsonMapper.shared().readTree(Files.readString(ProjectTree.root().resolve("synapse.lock")));
    JsonNode locked = lock.get("maven").get("synapse-core");
    assertThat(locked).hasSizeGreaterThan(500);
    assertThat(artifacts.get("fetches")).hasSize(locked.size());
    Set<String> derivations = new TreeSet<>();
    for (int i = 0; i < locked.size(); i++) {
      JsonNode fetch = artifacts.get("fetches").get(i);
      String path = locked.get(i).get("path").asString();
      assertThat(fetch.get("name").asString()).isEqualTo(path);
      assertThat(strings(fetch.get("urls"))).containsExactly("mirror://maven/" + path);
      assertThat(fetch.get("outputHash")).isEqualTo(locked.get(i).get("sha256"));
      assertThat(fetch.get("outputHashMode").asString()).isEqualTo("flat");
      derivations.add(fetch.get("drvPath").asString());
    }
    assertThat(derivations).hasSize(locked.size());
    JsonNode maven = lock.get("inputs").get("maven");
    assertThat(strings(artifacts.get("maven").get("urls")))
        .containsExactly("mirror://maven/" + maven.get("path").asString());
    assertThat(artifacts.get("maven").get("outputHash")).isEqualTo(maven.get("sha256"));
  }

  @Test
  void thePackageRunsThePhasesOfTheManifestAndItsGate() throws Exception {
    JsonNode attributes =
        flakes.eval(
            "packages.x86_64-linux.synapse-core.drvAttrs",
            "all: { inherit (all) version buildPhase checkPhase installPhase doCheck"
                + " doInstallCheck; }");
    Manifest manifest = Manifest.read(ProjectTree.root().resolve("synapse.toml"));
    assertThat(attributes.get("version").asString()).isEqualTo(manifest.project().version());
    assertThat(attributes.get("doCheck").asBoolean()).isTrue();
    assertThat(attributes.get("doInstallCheck").asBoolean()).isTrue();
    assertThat(attributes.get("buildPhase").asString()).contains("mvn -B -DskipTests package");
    assertThat(attributes.get("checkPhase").asString())
        .containsSubsequence(
            "mvn -B -Dmaven.compiler.useIncrementalCompilation=false -DexcludedGroups=slow verify",
            "synapse gmp verify --stage strict --mode strict",
            "--tests",
            "TEST-*.xml",
            "--coverage",
            "jacoco.xml",
            "--sources",
            "src/main/java")
        .doesNotContain("||", "failure.ignore");
    assertThat(attributes.get("installPhase").asString())
        .contains("cp -r synapse-cli/target/dist/bin synapse-cli/target/dist/lib");
  }

  private static FlakeProject project(String name) throws Exception {
    return new FlakeProject(temporary.resolve("projects").resolve(name), flakes.nix().mirrors());
  }

  @Test
  void aBuildSeesTheLockedInputsAndFixedFlagsOnly() throws Exception {
    Path out = flakes.output(flakes.built(project("whole").folder(), "project"));
    List<String> log = Files.readAllLines(out.resolve("log"));
    assertThat(log.stream().filter(line -> line.startsWith("mvn ")))
        .containsExactly("mvn build", "mvn check", "mvn install");
    for (String phase : List.of("build", "check", "install")) {
      assertThat(log)
          .contains(
              phase + " SOURCE_DATE_EPOCH=1700000000",
              phase + " LANG=C.UTF-8",
              phase + " LC_ALL=C.UTF-8",
              phase + " TZ=UTC",
              phase + " MAVEN_OPTS=-Xmx64m",
              phase + " umask=0022",
              phase + " LOST=",
              phase + " artifact=<project/>")
          .anyMatch(line -> line.matches(phase + " JAVA_HOME=/nix/store/.*/lib/openjdk"))
          .anyMatch(line -> line.matches(phase + " maven=/nix/store/.*-synapse-input-maven"))
          .anyMatch(
              line ->
                  line.matches(
                      phase
                          + " MAVEN_ARGS=--offline --batch-mode -Dmaven\\.repo\\.local=\\S+"
                          + " -Dmaven\\.repo\\.local\\.tail=/nix/store/\\S+-synapse-maven-repository"
                          + " -Dmaven\\.repo\\.local\\.tail\\.ignoreAvailability=true"
                          + " -Dproject\\.build\\.outputTimestamp=1700000000"));
    }
    assertThat(log)
        .contains(
            "<gmp><verify><--stage><growth><--mode><strict>"
                + "<--tests><**/TEST-*.xml><--tests><more/*.xml><--coverage><**/jacoco.xml>");
    String wrapper = Files.readString(out.resolve("bin/synapse"));
    assertThat(wrapper)
        .containsPattern("SYNAPSE_JAVA_HOME=\\$\\{SYNAPSE_JAVA_HOME-/nix/store/\\S+/lib/openjdk}")
        .contains("-git/bin", "-bubblewrap/bin", "-coreutils/bin");
  }

  @ParameterizedTest
  @CsvSource({
    "check-fails, the test said no",
    "build-fails, the test said no",
    "gate-rejects, REJECTED: not compliant"
  })
  void aBuildFailsWhereATestOrTheGateSaysNo(String wrong, String said) throws Exception {
    FlakeProject project = project(wrong);
    project.write(wrong, "");
    flakes.built(project.folder(), "project").failedWith(said);
  }

  @Test
  void aBuildFailsWhereTheInstalledProgramIsNotThatOfTheManifest() throws Exception {
    FlakeProject project = project("other-version");
    project.replace("synapse.sh", "synapse 1.2.3", "synapse 1.2.2");
    flakes
        .built(project.folder(), "project")
        .failedWith("error: the installed program is 'synapse 1.2.2");
  }

  @Test
  void aBuildFailsWhereItsTemplatesAreNotInstalled() throws Exception {
    FlakeProject project = project("not-installed");
    project.write("templates/one/metadata.json", "{}");
    flakes.built(project.folder(), "project").failedWith("share/synapse/templates");
    project.replace(
        "synapse.toml",
        "mvn install;",
        "mvn install; mkdir -p \"$out/share/synapse\"; cp -r templates \"$out/share/synapse/\";");
    flakes.output(flakes.built(project.folder(), "project"));
  }

  @Test
  void aBuildFailsWhereARepositoryGivesOtherBytes() throws Exception {
    flakes.nix().assumeBuilds();
    // A store of its own: in the other one is what was fetched before.
    FlakeNix other = new FlakeNix(Files.createDirectories(temporary.resolve("other")));
    FlakeProject project = new FlakeProject(temporary.resolve("damaged"), other.mirrors());
    project.damageArtifact();
    FlakeNix.Result result =
        other.run(
            other.building(
                flakes.consumer("build", project.folder(), "project", "--no-link", "-L")));
    other.deleteStore();
    result.failedWith("hash mismatch in fixed-output derivation", "a-1.pom");
  }

  @Test
  void aRepositoryThatNixpkgsDoesNotKnowIsSaid() throws Exception {
    FlakeProject project = project("unknown-repository");
    project.replace(
        "synapse.lock",
        "\"repository\": \"central\", \"sha256\"",
        "\"repository\": \"ours\", \"sha256\"");
    flakes
        .nix()
        .run(flakes.consumer("eval", project.folder(), "packages.x86_64-linux.project.drvPath"))
        .failedWith("nixpkgs has no mirror for the repository 'ours'", "synapse.lock");
  }

  @Test
  void permissionFunctionsGiveTheKnownValues() throws Exception {
    JsonNode known = flakes.asked("lib.known", "known: known").succeeded().json();
    assertThat(known).hasSize(52);
    for (JsonNode each : known) {
      assertThat(each.get("is"))
          .as(each.get("question").asString())
          .isEqualTo(each.get("expected"));
    }
  }

  @Test
  void theTablesAreThoseOfTheFilesThatTheProgramReads() throws Exception {
    JsonNode ours =
        flakes.eval(
            "lib.permissions",
            "all: { inherit (all) agentPermissions templatePermissions permissions; }");
    JsonNode file =
        JsonMapper.shared()
            .readTree(Files.readString(ProjectTree.root().resolve("permissions/agents.json")));
    assertThat(ours.get("agentPermissions")).isEqualTo(file.get("agents"));
    assertThat(strings(ours.get("permissions")))
        .containsExactlyElementsOf(
            Stream.of(Runner.Permission.values()).map(Runner.Permission::label).toList());
    assertThat(file.get("most").asInt()).isEqualTo(Runner.MOST_PERMISSIONS);
    Set<String> templates = new TreeSet<>();
    Path folder = ProjectTree.root().resolve("templates");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> found = Files.list(folder)) {
        found
            .filter(each -> Files.exists(each.resolve("metadata.json")))
            .forEach(each -> templates.add(each.getFileName().toString()));
      }
    }
    assertThat(names(ours.get("templatePermissions"))).isEqualTo(templates);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "lib.permissions | p: p.validatePermissions \"code-hound\" [ \"read\" \"write\" \"fly\" ]"
            + " | 'code-hound' lacks write, fly; it has read, knowledge",
        "lib.permissions | p: p.assertRunnable \"boss\" | 'boss' has 5 permissions",
        "lib.createAgentRunner | f: f \"boss\" ./flake.nix [ ] | 'boss' has 5 permissions",
        "lib.createAgentRunner | f: f \"ux-designer\" ./flake.nix [ \"read\" \"network\" ]"
            + " | 'ux-designer' lacks network",
        "lib.createAgentRunner | f: f \"nobody\" ./flake.nix [ ] | there is no agent 'nobody'",
        "lib.createAgentRunner | f: f \"file_creator\" ./flake.nix [ ] | there is no agent"
            + " 'file_creator'",
        "lib.createTemplateRunner | f: f \"nothing\" null | there is no template 'nothing'",
        "lib.createTemplateRunner | f: f \"boss\" null | there is no template 'boss'",
        "lib.getPermissions | f: f \"too_many\" | 5 permissions, at most 4",
        "lib.getPermissions | f: f \"other_name\" | the name of the folder",
      })
  void whatIsNotAllowedIsAnErrorOfTheEvaluation(String output, String function, String said)
      throws Exception {
    flakes.asked(output, function).failedWith(said);
  }

  @Test
  void runnersStartSynapseWithThePermissionsThatAreDeclared() throws Exception {
    Path out = flakes.output(flakes.built("run"));
    assertThat(Files.readString(out.resolve("template")))
        .isEqualTo(
            "<run><--deny><execute><--deny><network><--deny><knowledge><--deny><orchestrate>"
                + "<file_creator><request.json><with a blank>\n");
    assertThat(Files.readString(out.resolve("template.err")))
        .isEqualTo("synapse: template 'file_creator' with read, write\n");
    assertThat(Files.readString(out.resolve("requested")))
        .matches(
            "<run><--deny><execute><--deny><orchestrate><crypto_trading>"
                + "</nix/store/[a-z0-9]{32}-request\\.json><--dry-run>\n");
    assertThat(Files.readString(out.resolve("agent")))
        .matches(
            "<run></nix/store/[a-z0-9]{32}-git-workflow-runner#git-workflow><--><status><it's>\n");
    assertThat(Files.readString(out.resolve("agent.err")))
        .isEqualTo("synapse: agent 'git-workflow' with read, write, execute\n");

    Path project = out.resolve("project");
    Manifest manifest = Manifest.read(project.resolve("synapse.toml"));
    Runner runner = manifest.runners().get("git-workflow");
    assertThat(runner).isNotNull();
    assertThat(runner.permissions())
        .containsExactlyInAnyOrder(
            Runner.Permission.READ, Runner.Permission.WRITE, Runner.Permission.EXECUTE);
    assertThat(project.resolve(runner.run()))
        .hasSameTextualContentAs(flakes.consumer().resolve("script.sh"))
        .isExecutable();
    Manifest whole = Manifest.read(ProjectTree.root().resolve("synapse.toml"));
    assertThat(manifest.toolchains().get(runner.toolchain()))
        .isEqualTo(whole.toolchains().get(runner.toolchain()));
    assertThat(Lock.read(project.resolve("synapse.lock")).toolchains())
        .isEqualTo(Lock.read(ProjectTree.root().resolve("synapse.lock")).toolchains());
  }

  @Test
  void theTemplateCheckSaysWhatItChecked() throws Exception {
    assertThat(
            Files.readString(
                flakes.output(flakes.built("checks.x86_64-linux.template-validation"))))
        .startsWith(
            "template-validation: 4 templates: api_integration 1.0.0, crypto_trading 1.0.0,"
                + " data_processor 1.0.0, file_creator 1.0.0\n")
        .contains(
            "<template><validate><api_integration>\n", "<template><validate><file_creator>\n");
    assertThat(Files.readString(flakes.output(flakes.built("silent"))))
        .startsWith("template-validation: 1 template: undeclared 1.0.0\n");
    assertThat(Files.readString(flakes.output(flakes.built("none"))))
        .isEqualTo("template-validation: there are no templates, nothing was validated\n");
    assertThat(flakes.asked("lib.silent", "all: all").succeeded().out().strip())
        .as("nothing is allowed that is not declared")
        .isEqualTo("{\"undeclared\":[]}");
  }

  @Test
  void theTemplateCheckNamesEverythingThatIsWrong() throws Exception {
    flakes
        .built("wrong")
        .failedWith(
            "10 templates: Capital",
            "templates/Capital/metadata.json: /template/name: lower case letters",
            "templates/empty/metadata.json: /permissions: names none",
            "templates/no_object/metadata.json: /: expected an object",
            "templates/other_name/metadata.json: /template/name: expected \"other_name\"",
            "templates/text/metadata.json: /permissions: expected an array of strings",
            "templates/too_many/metadata.json: /permissions: 5 permissions, at most 4",
            "templates/twice/metadata.json: /permissions: one is there twice",
            "templates/unknown/metadata.json: /permissions: \"fly\" is no permission",
            "templates/version/metadata.json: /template/version: expected a version");
    flakes
        .built("refused")
        .failedWith("template-validation: 4 templates", "crypto_trading: not valid");
  }

  @Test
  void theShellTellsTheCommandsThatThereAre() throws Exception {
    JsonNode shell =
        flakes.eval(
            "devShells.x86_64-linux.default",
            "shell: { inherit (shell) banner shellHook JAVA_HOME SOURCE_DATE_EPOCH; }");
    String banner = shell.get("banner").asString();
    assertThat(banner)
        .startsWith("Synapse 0.1.0: Hermetic builds, quality gates and least-privilege templates\n")
        .contains(
            "./synapse build .#synapse-core", "mvn -B verify", "nix flake check", "templates: ");
    assertThat(shell.get("shellHook").asString()).contains("\"$banner\" >&2");
    assertThat(shell.get("SOURCE_DATE_EPOCH").asString()).isEqualTo("0");
    List<List<String>> commands =
        Pattern.compile("^ +\\./synapse((?: [a-z]+)+)", Pattern.MULTILINE)
            .matcher(banner)
            .results()
            .map(found -> List.of(found.group(1).strip().split(" ", -1)))
            .toList();
    assertThat(commands).contains(List.of("build"), List.of("gmp", "verify"));
    for (List<String> command : commands) {
      List<String> help = new ArrayList<>(command);
      help.add("--help");
      assertThat(
              Flakes.program(help)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor())
          .as("%s", command)
          .isZero();
    }
  }
}
