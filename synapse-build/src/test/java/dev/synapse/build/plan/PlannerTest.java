package dev.synapse.build.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.manifest.Manifest;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.path.StorePath;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlannerTest {
  private static final String MANIFEST =
      """
      [project]
      name = "demo"
      version = "1.2"
      source-date = 0

      [toolchains.java]
      debian = { suite = "trixie", packages = ["openjdk-25-jdk-headless"] }
      env = { JAVA_HOME = "/usr/lib/jvm/java", FROM = "toolchain" }

      [inputs.maven-tool]
      artifact = "org.apache.maven:apache-maven:3.9.16:tar.gz:bin"
      unpack = true

      [packages.demo]
      source = { include = ["**"] }
      toolchain = "java"
      inputs = ["maven-tool"]
      maven.record = ["verify"]
      outputs = ["out", "report"]
      env = { FROM = "package" }
      phases.install = "cp a $out"

      [packages.demo.gmp]
      stage = "growth"
      mode = "strict"
      tests = ["a/*.xml", "b/*.xml"]
      """;

  private static StorePath path(char digit, String name) {
    return new StorePath(String.valueOf(digit).repeat(StorePath.DIGEST_LENGTH), name);
  }

  private static final BuilderScripts SCRIPTS =
      new BuilderScripts(path('1', "setup.sh"), path('2', "report.sh"), path('3', "report.awk"));

  private static PlannedInputs inputs(StorePath source) {
    return new PlannedInputs(
        source,
        path('5', "java-toolchain"),
        Map.of("maven-tool", path('6', "apache-maven.tar.gz")),
        Optional.of(path('7', "demo-maven-repository")));
  }

  private static Derivation plan(String manifest, StorePath source) throws Exception {
    Manifest read = Manifest.parse(manifest);
    return Planner.plan(read, read.packages().firstEntry().getValue(), inputs(source), SCRIPTS);
  }

  @Test
  void namesEveryInputAsASourceAndNothingElse() throws Exception {
    Derivation plan = plan(MANIFEST, path('4', "demo-source"));

    assertThat(plan.name()).isEqualTo("demo-1.2");
    assertThat(plan.inputDerivations()).isEmpty();
    assertThat(plan.inputSources())
        .containsExactly(
            path('1', "setup.sh"),
            path('2', "report.sh"),
            path('3', "report.awk"),
            path('4', "demo-source"),
            path('5', "java-toolchain"),
            path('6', "apache-maven.tar.gz"),
            path('7', "demo-maven-repository"));
    assertThat(plan.builder()).isEqualTo(ByteString.of("/usr/bin/bash"));
    assertThat(plan.args()).containsExactly(ByteString.of(SCRIPTS.setup().toString()));
  }

  @Test
  void givesPhasesInputsAndTimeThroughTheEnvironment() throws Exception {
    Derivation plan = plan(MANIFEST, path('4', "demo-source"));

    assertThat(variable(plan, "phase_install")).isEqualTo("cp a $out");
    assertThat(plan.variable("phase_build")).isEmpty();
    assertThat(variable(plan, "maven_tool")).isEqualTo(path('6', "apache-maven.tar.gz").toString());
    assertThat(variable(plan, "inputs")).isEqualTo("maven_tool");
    assertThat(variable(plan, "FROM")).isEqualTo("package");
    assertThat(variable(plan, "SOURCE_DATE_EPOCH")).isEqualTo("0");
    assertThat(variable(plan, "mavenOptions")).contains("1980-01-01T00:00:02Z");
    assertThat(variable(plan, "reportTests")).isEqualTo("a/*.xml\nb/*.xml");
    assertThat(variable(plan, "reportUsual")).isEqualTo("coverage");
    assertThat(variable(plan, "synapseRoot")).isEqualTo(path('5', "java-toolchain").toString());
    assertThat(variable(plan, "outputs")).isEqualTo("out report");
    assertThat(variable(plan, "out")).isEqualTo(plan.outputPath("out").orElseThrow().toString());
  }

  @Test
  void isAPureFunctionWhoseOutputsFollowFromItsInputs() throws Exception {
    Derivation plan = plan(MANIFEST, path('4', "demo-source"));
    Derivation same = plan(MANIFEST, path('4', "demo-source"));
    Derivation changed = plan(MANIFEST, path('8', "demo-source"));
    Derivation otherStage = plan(MANIFEST.replace("growth", "bootstrap"), path('4', "demo-source"));

    assertThat(same.storePath()).isEqualTo(plan.storePath());
    assertThat(changed.outputPaths()).isNotEqualTo(plan.outputPaths());
    // The gate is a function of policy and report: another stage needs no rebuild.
    assertThat(otherStage.storePath()).isEqualTo(plan.storePath());
    plan.check(
        new DerivationHasher(
            input -> {
              throw new AssertionError(input);
            }));
  }

  @Test
  void theLimitsOfTheManifestAreThoseOfTheSandbox() throws Exception {
    Manifest read =
        Manifest.parse(
            MANIFEST
                + """

                [packages.demo.limits]
                wall-time = "2h"
                processes = 77
                memory = "3GiB"
                """);

    Limits limits = Planner.limits(read.packages().firstEntry().getValue());

    assertThat(limits.wallTime()).isEqualTo(Duration.ofHours(2));
    assertThat(limits.processes()).isEqualTo(77);
    assertThat(limits.memoryBytes()).isEqualTo(3L << 30);
    assertThat(limits.processors()).isEqualTo(Integer.MAX_VALUE);
  }

  private static String variable(Derivation plan, String name) {
    return plan.variable(name).orElseThrow().utf8();
  }
}
