package dev.synapse.build.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Why a file could not be fetched. Each case carries the values its message names.
public sealed interface FetchProblem {
  /// One line for a person: what, where, what to do.
  String message();

  /// No address is known for a repository name.
  record NoRepository(String name, List<String> lookedAt) implements FetchProblem {
    /// Copies the list.
    public NoRepository {
      lookedAt = List.copyOf(lookedAt);
    }

    @Override
    public String message() {
      return ("no address is known for the repository '%s' (looked at %s): give one with"
              + " --repository %s=URL, with the environment variable %s=URL, or with the line"
              + " %s = \"URL\" in repositories.toml in the configuration folder of synapse")
          .formatted(
              name,
              lookedAt.isEmpty() ? "nothing else" : String.join(", ", lookedAt),
              name,
              Repositories.variableOf(name),
              name);
    }
  }

  /// A place that should tell where repositories are says something that is not an address.
  record BadAddress(String name, String address, String place) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' is no address for the repository '%s': %s must hold an http, https or file address, or the absolute path of a folder"
          .formatted(address, name, place);
    }
  }

  /// An option that should tell where a repository is has not the form `NAME=URL`.
  record BadOption(String option) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' is not NAME=URL".formatted(option);
    }
  }

  /// A repository is said to be in a folder that is not there.
  record NoFolder(String name, Path folder) implements FetchProblem {
    @Override
    public String message() {
      return "there is no folder '%s' for the repository '%s'".formatted(folder, name);
    }
  }

  /// A configuration file that should tell where repositories are cannot be understood.
  record BadConfiguration(Path file, String reason) implements FetchProblem {
    @Override
    public String message() {
      return "cannot read '%s': %s".formatted(file, reason);
    }
  }

  /// A path within a repository that would leave it.
  record BadPath(String path) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' is no path within a repository".formatted(path);
    }
  }

  /// No address has the file: each answered that there is no such thing.
  record NotFound(String name, List<URI> addresses) implements FetchProblem {
    /// Copies the list.
    public NotFound {
      addresses = List.copyOf(addresses);
    }

    @Override
    public String message() {
      return "'%s' is not there: looked for %s"
          .formatted(
              name, addresses.stream().map(URI::toString).collect(Collectors.joining(" and ")));
    }
  }

  /// The file came whole, and is not what was locked.
  record HashDiffers(URI address, String expected, String actual) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' has hash %s, not %s".formatted(address, actual, expected);
    }
  }

  /// The file is longer or shorter than what was locked.
  record SizeDiffers(URI address, long expected, long actual) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' has %s%d bytes, not %d"
          .formatted(address, actual > expected ? "at least " : "", actual, expected);
    }
  }

  /// A server answered with something else than the file, for good.
  record Refused(URI address, int status) implements FetchProblem {
    @Override
    public String message() {
      return String.format(
          Locale.ROOT,
          "'%s' was refused with HTTP status %d%s",
          address,
          status,
          HttpStatus.isRedirection(status) ? " (too many redirects)" : "");
    }
  }

  /// The connection failed on every try.
  record Unreachable(URI address, int tries, String reason) implements FetchProblem {
    @Override
    public String message() {
      return "'%s' could not be fetched, tried %d time%s: %s; try again later, or from elsewhere (--repository NAME=URL)"
          .formatted(address, tries, tries == 1 ? "" : "s", reason);
    }
  }

  /// There is no room left where downloads are kept.
  record DiskFull(Path folder) implements FetchProblem {
    @Override
    public String message() {
      return "no space left on the disk that holds '%s'".formatted(folder);
    }
  }
}
