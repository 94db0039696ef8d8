package dev.synapse.gmp.policy;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.document.Problems;
import dev.synapse.build.document.TomlFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is asked of a project, stage by stage.
///
/// @param stages all there are, the built-in ones first
/// @param ladder the names of those that lead from one to the next, the least demanding first
/// @param modules what is asked of single modules, at every stage
/// @param ratchet empty when figures may get worse
/// @param promotion for how many records on the main line the next stage's limits have to hold
/// @param floor the least share of changed lines that must have data where changed lines are judged
public record Policy(
    List<StageLimits> stages,
    List<String> ladder,
    List<ModuleLimits> modules,
    Optional<Ratchet> ratchet,
    int promotion,
    BigDecimal floor) {
  /// Records on the main line before a promotion is recommended, unless a policy says otherwise.
  public static final int PROMOTION = 5;

  /// A third of the changed lines: declarations, braces and imports never have data.
  public static final BigDecimal FLOOR = new BigDecimal("0.3");

  private static final Policy BUILT_IN =
      new Policy(
          Arrays.stream(Stage.values()).map(Stage::limits).toList(),
          Arrays.stream(Stage.values()).map(Stage::id).toList(),
          List.of(),
          Optional.empty(),
          PROMOTION,
          FLOOR);

  public Policy {
    stages = List.copyOf(stages);
    ladder = List.copyOf(ladder);
    modules = List.copyOf(modules);
    requireNonNull(ratchet, "ratchet");
    requireNonNull(floor, "floor");
    List<String> names = stages.stream().map(StageLimits::name).toList();
    if (names.stream().distinct().count() != names.size() || !names.containsAll(ladder)) {
      throw new IllegalArgumentException("stages " + names + ", ladder " + ladder);
    }
  }

  /// The four stages with the catalogue's numbers.
  public static Policy builtIn() {
    return BUILT_IN;
  }

  /// Reads `synapse-gate.toml`.
  ///
  /// @throws PolicyException with everything that is wrong in it
  /// @throws IOException if the file cannot be read
  public static Policy read(Path file) throws PolicyException, IOException {
    var problems = new Problems(String.valueOf(file.getFileName()));
    Optional<Policy> policy =
        TomlFile.read(file, problems).map(content -> new PolicyFile(problems, content).read());
    if (policy.isEmpty() || !problems.isEmpty()) {
      throw new PolicyException(problems.list());
    }
    return policy.get();
  }

  /// The stage of that name; empty when there is none.
  public Optional<StageLimits> stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  /// The stage after that one on the ladder; empty at the top, and for a stage beside it.
  public Optional<StageLimits> after(String name) {
    int at = ladder.indexOf(name);
    return at < 0 || at + 1 == ladder.size() ? Optional.empty() : stage(ladder.get(at + 1));
  }
}
