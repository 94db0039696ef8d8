package dev.synapse.gmp.change;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Asks the git of this machine what changed since a commit. Nothing is fetched.
///
/// The change goes from the merge base, where the work left the other branch, to the work tree:
/// what others did there meanwhile is not part of it. Files that git does not track are new.
public final class GitChange {
  private static final Set<String> KEPT = Set.of("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR");

  private static final String HEAD = "# branch.oid ";

  private final Path folder;

  private GitChange(Path folder) {
    this.folder = folder;
  }

  /// What changed in the files below a folder, whose paths are relative to it.
  ///
  /// @param base a commit, branch or tag
  /// @throws ChangeException if there is no such commit, nothing in common with it, or no git
  /// @throws IOException if git cannot be read
  public static ChangedLines since(Path folder, String base) throws ChangeException, IOException {
    var git = new GitChange(folder);
    String start = git.mergeBase(base);
    byte[] patch =
        git.run(
            "diff",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-renames",
            "--ignore-submodules",
            "--unified=0",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--relative",
            start,
            "--");
    ChangedLines.Builder changed = new ChangedLines.Builder();
    Patch.read("git diff " + start, new ByteArrayInputStream(patch), changed);
    git.addUntracked(changed);
    return changed.since(Optional.of(start));
  }

  /// The commit that the work tree is of.
  ///
  /// @throws ChangeException if there is none, or no git
  /// @throws IOException if git cannot be read
  public static String head(Path folder) throws ChangeException, IOException {
    return new GitChange(folder).commit("HEAD");
  }

  /// The commit whose files, below this folder, are the ones of the work tree; empty when a file
  /// that git tracks was changed, when there is no commit, or no git.
  ///
  /// @throws IOException if git cannot be read
  public static Optional<String> unchanged(Path folder) throws IOException {
    try {
      String status =
          text(
              new GitChange(folder)
                  .run("status", "--porcelain=v2", "--branch", "--untracked-files=no", "--", "."));
      boolean changed = status.lines().anyMatch(line -> !line.startsWith("#"));
      return status
          .lines()
          .filter(line -> !changed && line.startsWith(HEAD))
          .map(line -> line.substring(HEAD.length()))
          .filter(commit -> !commit.startsWith("("))
          .findFirst();
    } catch (ChangeException _) {
      return Optional.empty();
    }
  }

  private String mergeBase(String base) throws ChangeException, IOException {
    String commit = commit(base);
    try {
      return text(run("merge-base", commit, "HEAD"));
    } catch (ChangeException _) {
      throw new ChangeException(
          ("'%s' and HEAD have no commit in common; a shallow clone lacks it, "
                  + "fetch the whole history")
              .formatted(base));
    }
  }

  private String commit(String name) throws ChangeException, IOException {
    if (name.startsWith("-") || name.isEmpty()) {
      throw new ChangeException("'%s' is no name of a commit".formatted(name));
    }
    return text(run("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"));
  }

  private static String text(byte[] output) {
    return new String(output, StandardCharsets.UTF_8).strip();
  }

  private void addUntracked(ChangedLines.Builder changed) throws ChangeException, IOException {
    byte[] names = run("ls-files", "-z", "--others", "--exclude-standard");
    for (String name : new String(names, StandardCharsets.UTF_8).split("\0", -1)) {
      Path file = folder.resolve(name);
      if (!name.isEmpty() && Files.isRegularFile(file)) {
        int lines = countLines(file);
        if (lines > 0) {
          changed.add(name, 1, lines);
        }
      }
    }
  }

  private static int countLines(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      LineHeads lines = new LineHeads(in);
      while (lines.next().isPresent()) {
        // Only their number matters.
      }
      return lines.number();
    }
  }

  private byte[] run(String... arguments) throws ChangeException, IOException {
    Process git = start(arguments);
    try {
      git.getOutputStream().close();
      var errors = new FutureTask<>(() -> git.getErrorStream().readAllBytes());
      Thread.ofVirtual().start(errors);
      byte[] output = git.getInputStream().readAllBytes();
      int code = git.waitFor();
      if (code != 0) {
        throw new ChangeException(problem(arguments, code, text(errors.get())));
      }
      return output;
    } catch (ExecutionException e) {
      throw new IOException("reading the messages of git in " + folder, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git ran in " + folder, e);
    } finally {
      git.destroyForcibly();
    }
  }

  private Process start(String... arguments) throws ChangeException {
    // A repository's own settings can name a program for git to start: not for this.
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder.directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT);
    environment.put("LC_ALL", "C");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    try {
      return builder.start();
    } catch (IOException _) {
      throw new ChangeException(
          "git does not start: is it installed, and '%s' a folder?".formatted(folder));
    }
  }

  private String problem(String[] arguments, int code, String said) {
    if (said.contains("not a git repository")) {
      return "'%s' is in no git repository".formatted(folder);
    }
    if (arguments[0].equals("rev-parse") && said.isEmpty()) {
      String name = arguments[arguments.length - 1].replace("^{commit}", "");
      return "there is no commit '%s' here; fetch it first".formatted(name);
    }
    String last = said.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line).orElse("");
    return "git %s failed with code %d: %s".formatted(arguments[0], code, last);
  }
}
