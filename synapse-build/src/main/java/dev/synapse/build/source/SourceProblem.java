package dev.synapse.build.source;

import dev.synapse.build.document.Words;
import java.nio.file.Path;

/// Why it cannot be said which files are a project's source.
public sealed interface SourceProblem {
  /// The folder whose files were wanted.
  Path folder();

  /// There is no program `git` to ask.
  record NoGit(Path folder) implements SourceProblem {}

  /// Git knows nothing of the folder.
  record NotARepository(Path folder) implements SourceProblem {}

  /// Git does not trust the repository, as it belongs to another user.
  record NotTrusted(Path folder) implements SourceProblem {}

  /// Git tracks another repository at `path`, not its files.
  record Submodule(Path folder, String path) implements SourceProblem {}

  /// Git failed otherwise.
  ///
  /// @param said the last line of its message
  record GitFailed(Path folder, int exitCode, String said) implements SourceProblem {}

  /// A tracked file has become a thing that no store object can hold.
  record Unsupported(Path folder, String path) implements SourceProblem {}

  /// There is no file to build from.
  ///
  /// @param selection what was looked for
  record Empty(Path folder, String selection) implements SourceProblem {}

  /// One line that says what is wrong and what to do.
  default String message() {
    String hint = "; or name the files: source = { include = [\"src/**\"] }";
    return switch (this) {
      case NoGit(var folder) ->
          "git is not installed, so the tracked files of '%s' cannot be listed".formatted(folder)
              + hint;
      case NotARepository(var folder) ->
          "'%s' is not in a git repository; run `git init` and `git add`".formatted(folder) + hint;
      case NotTrusted(var folder) ->
          "git does not trust the repository of '%1$s', which belongs to another user; run `git config --global --add safe.directory %1$s`"
                  .formatted(folder)
              + hint;
      case Submodule(var folder, var path) ->
          "%s in '%s' is a git submodule, which is not supported"
                  .formatted(Words.quoted(path), folder)
              + hint;
      case GitFailed(var folder, var code, var said) ->
          "git ls-files in '%s' failed with code %d: %s".formatted(folder, code, said);
      case Unsupported(var folder, var path) ->
          "%s in '%s' is tracked by git and is neither a file nor a symbolic link"
              .formatted(Words.quoted(path), folder);
      case Empty(var folder, var selection) -> "no file of '%s' is %s".formatted(folder, selection);
    };
  }
}
