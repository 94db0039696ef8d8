package dev.synapse.build.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Why a file could not be fetched. Each case carries the values its message names.
public sealed interface FetchProblem {
  /// No address is known for a repository name.
  record NoRepository(String name, List<String> lookedAt) implements FetchProblem {
    /// Copies the list.
    public NoRepository {
      lookedAt = List.copyOf(lookedAt);
    }
  }

  /// A place that should tell where repositories are says something that is not an address.
  record BadAddress(String name, String address, String place) implements FetchProblem {}

  /// An option that should tell where a repository is has not the form `NAME=URL`.
  record BadOption(String option) implements FetchProblem {}

  /// A repository is said to be in a folder that is not there.
  record NoFolder(String name, Path folder) implements FetchProblem {}

  /// A configuration file that should tell where repositories are cannot be understood.
  record BadConfiguration(Path file, String reason) implements FetchProblem {}

  /// A path within a repository that would leave it.
  record BadPath(String path) implements FetchProblem {}

  /// No address has the file: each answered that there is no such thing.
  record NotFound(String name, List<URI> addresses) implements FetchProblem {
    /// Copies the list.
    public NotFound {
      addresses = List.copyOf(addresses);
    }
  }

  /// The file came whole, and is not what was locked.
  record HashDiffers(URI address, String expected, String actual) implements FetchProblem {}

  /// The file is longer or shorter than what was locked.
  record SizeDiffers(URI address, long expected, long actual) implements FetchProblem {}

  /// A server answered with something else than the file, for good.
  record Refused(URI address, int status) implements FetchProblem {}

  /// The connection failed on every try.
  record Unreachable(URI address, int tries, String reason) implements FetchProblem {}

  /// There is no room left where downloads are kept.
  record DiskFull(Path folder) implements FetchProblem {}

  /// One line for a person: what, where, what to do.
  default String message() {
    return switch (this) {
      case NoRepository(var name, var lookedAt) ->
          ("no address is known for the repository '%s' (looked at %s): give one with"
                  + " --repository %s=URL, with the environment variable %s=URL, or with the line"
                  + " %s = \"URL\" in repositories.toml in the configuration folder of synapse")
              .formatted(
                  name,
                  lookedAt.isEmpty() ? "nothing else" : String.join(", ", lookedAt),
                  name,
                  Repositories.variableOf(name),
                  name);
      case BadAddress(var name, var address, var place) ->
          "'%s' is no address for the repository '%s': %s must hold an http, https or file address, or the absolute path of a folder"
              .formatted(address, name, place);
      case BadOption(var option) -> "'%s' is not NAME=URL".formatted(option);
      case NoFolder(var name, var folder) ->
          "there is no folder '%s' for the repository '%s'".formatted(folder, name);
      case BadConfiguration(var file, var reason) -> "cannot read '%s': %s".formatted(file, reason);
      case BadPath(var path) -> "'%s' is no path within a repository".formatted(path);
      case NotFound(var name, var addresses) ->
          "'%s' is not there: looked for %s"
              .formatted(
                  name, addresses.stream().map(URI::toString).collect(Collectors.joining(" and ")));
      case HashDiffers(var address, var expected, var actual) ->
          "'%s' has hash %s, not %s".formatted(address, actual, expected);
      case SizeDiffers(var address, var expected, var actual) ->
          "'%s' has %s%d bytes, not %d"
              .formatted(address, actual > expected ? "at least " : "", actual, expected);
      case Refused(var address, var status) ->
          String.format(
              Locale.ROOT,
              "'%s' was refused with HTTP status %d%s",
              address,
              status,
              status >= 300 && status < 400 ? " (too many redirects)" : "");
      case Unreachable(var address, var tries, var reason) ->
          "'%s' could not be fetched, tried %d time%s: %s; try again later, or from elsewhere (--repository NAME=URL)"
              .formatted(address, tries, tries == 1 ? "" : "s", reason);
      case DiskFull(var folder) -> "no space left on the disk that holds '%s'".formatted(folder);
    };
  }
}
