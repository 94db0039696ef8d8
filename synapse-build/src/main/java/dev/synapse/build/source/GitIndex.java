package dev.synapse.build.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What git tracks in a folder: what `git ls-files -z --cached --stage` says, run with an
/// environment of its own, so that no variable of a caller's git points it elsewhere.
final class GitIndex {
  private static final String SUBMODULE = "160000 ";
  private static final List<String> KEPT = List.of("PATH", "HOME", "XDG_CONFIG_HOME");

  private GitIndex() {}

  /// Paths below `folder`, relative to it, whether or not there is still a file.
  static SortedSet<Path> tracked(Path folder)
      throws SourceException, IOException, InterruptedException {
    if (!Files.isDirectory(folder)) {
      throw new java.nio.file.NotDirectoryException(folder.toString());
    }
    Process git = start(folder);
    try {
      git.getOutputStream().close();
      FutureTask<byte[]> errors = new FutureTask<>(() -> all(git.getErrorStream()));
      Thread.ofVirtual().start(errors);
      byte[] output = all(git.getInputStream());
      int code = git.waitFor();
      if (code != 0) {
        throw new SourceException(problem(folder, code, errors.get()));
      }
      return paths(folder, output);
    } catch (ExecutionException e) {
      throw new IOException("reading the messages of git in " + folder, e.getCause());
    } finally {
      git.destroyForcibly();
    }
  }

  private static byte[] all(InputStream stream) throws IOException {
    var bytes = new ByteArrayOutputStream();
    stream.transferTo(bytes);
    return bytes.toByteArray();
  }

  private static Process start(Path folder) throws SourceException {
    // A repository's own settings can name a program for git to start: not for this.
    var builder =
        new ProcessBuilder(
            "git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--stage");
    builder.directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT);
    environment.put("LC_ALL", "C");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    try {
      return builder.start();
    } catch (IOException _) {
      throw new SourceException(new SourceProblem.NoGit(folder));
    }
  }

  private static SourceProblem problem(Path folder, int code, byte[] errors) {
    String said = new String(errors, StandardCharsets.UTF_8);
    if (said.contains("dubious ownership")) {
      return new SourceProblem.NotTrusted(folder);
    }
    if (said.contains("not a git repository")) {
      return new SourceProblem.NotARepository(folder);
    }
    String last = said.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line).orElse("");
    return new SourceProblem.GitFailed(folder, code, last);
  }

  /// Reads `<mode> <object> <stage>\t<path>\0` again and again; a path in conflict is there up to
  /// three times.
  private static SortedSet<Path> paths(Path folder, byte[] output) throws SourceException {
    SortedSet<Path> paths = new TreeSet<>();
    int start = 0;
    for (int end = 0; end < output.length; end++) {
      if (output[end] == 0) {
        paths.add(path(folder, Arrays.copyOfRange(output, start, end)));
        start = end + 1;
      }
    }
    return paths;
  }

  private static Path path(Path folder, byte[] entry) throws SourceException {
    int tab = 0;
    while (entry[tab] != '\t') {
      tab++;
    }
    Path path = RawPath.of(Arrays.copyOfRange(entry, tab + 1, entry.length));
    if (new String(entry, 0, tab, StandardCharsets.US_ASCII).startsWith(SUBMODULE)) {
      throw new SourceException(new SourceProblem.Submodule(folder, RawPath.text(path)));
    }
    return path;
  }
}
