package dev.synapse.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The arrows between modules and packages are the ones of the design, and none goes in a circle.
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.synapse");

  /// Modules, each with those it may use.
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "events", Set.of(),
          "sandbox", Set.of(),
          "store", Set.of(),
          "build", Set.of("store", "sandbox", "events"),
          "gmp", Set.of("store", "build", "events"),
          "cli", Set.of("events", "sandbox", "store", "build", "gmp"));

  /// Modules without classes of their own to check.
  private static final Set<String> NOTHING_TO_CHECK = Set.of("picocli", "synapse-architecture");

  @Test
  void everyModuleOfTheBuildIsSeen() throws Exception {
    Set<String> listed =
        ProjectTree.modules().stream()
            .filter(module -> !NOTHING_TO_CHECK.contains(module))
            .map(module -> module.substring("synapse-".length()))
            .collect(Collectors.toSet());
    Set<String> seen = CLASSES.stream().map(ArchitectureTest::moduleOf).collect(Collectors.toSet());

    assertThat(seen).isEqualTo(listed).isEqualTo(ARROWS.keySet());
  }

  @Test
  void packagesDoNotDependInCircles() {
    slices().matching("dev.synapse.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void modulesUseOnlyWhatTheDesignAllows() {
    ARROWS.forEach(
        (module, allowed) -> {
          List<String> forbidden =
              ARROWS.keySet().stream()
                  .filter(other -> !other.equals(module) && !allowed.contains(other))
                  .map(other -> "dev.synapse." + other + "..")
                  .toList();
          if (!forbidden.isEmpty()) {
            ArchRule rule =
                ArchRuleDefinition.noClasses()
                    .that()
                    .resideInAPackage("dev.synapse." + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(forbidden.toArray(String[]::new));
            rule.check(CLASSES);
          }
        });
  }

  private static String moduleOf(JavaClass type) {
    String below = type.getPackageName().substring("dev.synapse.".length());
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }
}
