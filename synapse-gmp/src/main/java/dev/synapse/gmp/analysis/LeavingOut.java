package dev.synapse.gmp.analysis;

import dev.synapse.gmp.analysis.LeftOut.Rule;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules by which tests, generated code and the code of others are not measured.
final class LeavingOut {
  /// Folders that tools fill, each with the files that show that the tool is at work beside it.
  private static final Map<String, Set<String>> BUILD_FOLDERS =
      Map.of(
          "target", Set.of("pom.xml", "Cargo.toml", "build.sbt"),
          "build",
              Set.of(
                  "build.gradle",
                  "build.gradle.kts",
                  "CMakeLists.txt",
                  "package.json",
                  "pyproject.toml",
                  "setup.py"),
          "dist", Set.of("package.json", "pyproject.toml", "setup.py"),
          "bin", Set.of(".classpath"),
          "obj", Set.of("Directory.Build.props"));

  private static final Set<String> DEPENDENCY_FOLDERS =
      Set.of("node_modules", "bower_components", "__pypackages__", "site-packages");

  /// A file in a folder that shows whose code it holds.
  private static final List<String> DEPENDENCY_MARKS = List.of("pyvenv.cfg", "modules.txt");

  private static final Set<String> TEST_FOLDERS =
      Set.of("test", "tests", "testdata", "__tests__", "androidTest");

  /// Where Maven and Gradle have what is no test, whatever its name.
  private static final Pattern MAIN = Pattern.compile("(.*/)?src/main/.*");

  private static final Map<Language, Pattern> TEST_NAMES =
      Map.of(
          Language.JAVA, Pattern.compile(".*(Test|Tests|TestCase|[a-z]IT)\\.java"),
          Language.KOTLIN, Pattern.compile(".*(Test|Tests|[a-z]IT)\\.kts?"),
          Language.PYTHON, Pattern.compile("(test_.*|.*_test|conftest)\\.pyi?"),
          Language.GO, Pattern.compile(".*_test\\.go"),
          Language.JAVASCRIPT, Pattern.compile(".*\\.(test|spec)\\.[cm]?js"),
          Language.TYPESCRIPT, Pattern.compile(".*\\.(test|spec)\\.[cm]?ts"),
          Language.CSHARP, Pattern.compile(".*(Test|Tests)\\.cs"),
          Language.CPP,
              Pattern.compile(".*([_-](test|tests|unittest)|Test|Tests)\\.(c|cc|cpp|cxx)"),
          Language.RUST, Pattern.compile("tests?\\.rs"));

  private static final Pattern GENERATED_NAME =
      Pattern.compile(
          ".*_pb2(_grpc)?\\.pyi?|.*\\.pb(\\.gw)?\\.(go|cc|h)|.*_generated\\.(go|h|rs)|zz_generated.*"
              + "|.*\\.min\\.[cm]?js|.*\\.(designer|g|g\\.i)\\.cs|.*\\.d\\.[cm]?ts",
          Pattern.CASE_INSENSITIVE);

  private final List<PathMatcher> declared;

  LeavingOut(List<String> patterns) {
    this.declared =
        patterns.stream()
            .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
            .toList();
  }

  /// The rule that leaves out a folder, if there is one.
  Optional<Rule> folder(Path folder, String path) {
    String name = String.valueOf(folder.getFileName());
    if (isDeclared(path)) {
      return Optional.of(Rule.DECLARED);
    }
    if (name.startsWith(".")) {
      return Optional.of(Rule.HIDDEN_FOLDER);
    }
    if (isDependencies(folder, name)) {
      return Optional.of(Rule.DEPENDENCY_FOLDER);
    }
    if (isFilledByTool(folder, name)) {
      return Optional.of(Rule.BUILD_FOLDER);
    }
    boolean isTest = TEST_FOLDERS.contains(name) && !MAIN.matcher(path).matches();
    return isTest ? Optional.of(Rule.TEST_FOLDER) : Optional.empty();
  }

  /// The rule that leaves out a file by its name, if there is one.
  Optional<Rule> file(Path file, String path, Language language) {
    String name = String.valueOf(file.getFileName());
    if (isDeclared(path)) {
      return Optional.of(Rule.DECLARED);
    }
    if (Files.isSymbolicLink(file)) {
      return Optional.of(Rule.SYMBOLIC_LINK);
    }
    if (GENERATED_NAME.matcher(name).matches()) {
      return Optional.of(Rule.GENERATED_NAME);
    }
    Pattern tests = TEST_NAMES.get(language);
    boolean isTest =
        tests != null && tests.matcher(name).matches() && !MAIN.matcher(path).matches();
    return isTest ? Optional.of(Rule.TEST_NAME) : Optional.empty();
  }

  private boolean isDeclared(String path) {
    return declared.stream().anyMatch(pattern -> pattern.matches(Path.of(path)));
  }

  private static boolean isDependencies(Path folder, String name) {
    return DEPENDENCY_FOLDERS.contains(name)
        || DEPENDENCY_MARKS.stream().anyMatch(mark -> Files.isRegularFile(folder.resolve(mark)));
  }

  private static boolean isFilledByTool(Path folder, String name) {
    Set<String> tools = BUILD_FOLDERS.getOrDefault(name, Set.of());
    return tools.stream().anyMatch(tool -> Files.isRegularFile(folder.resolveSibling(tool)));
  }
}
