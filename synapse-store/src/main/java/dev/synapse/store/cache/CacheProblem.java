package dev.synapse.store.cache;

import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// What can be wrong with a binary cache. `cache` is always its location as it was given.
public sealed interface CacheProblem {
  /// One line for people.
  String message();

  /// The text is not the location of a cache.
  record BadLocation(String text, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "'%s' is not the location of a cache: %s".formatted(text, reason);
    }
  }

  /// No answer at all.
  record Unreachable(String cache, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' cannot be reached: %s".formatted(cache, reason);
    }
  }

  /// Silence, or nearly, for as long as that.
  record Stalled(String cache, String file, Duration time) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' was silent for %d s while it should send or take '%s'"
          .formatted(cache, Math.max(1, time.toSeconds()), file);
    }
  }

  /// An answer that is neither yes nor no.
  record BadStatus(String cache, String file, int status) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' answers with status %d for '%s'".formatted(cache, status, file);
    }
  }

  /// One address leads to another without end.
  record RedirectLoop(String cache, String file) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' leads from one address to another without end for '%s'"
          .formatted(cache, file);
    }
  }

  /// It may be read and not be written, or not by whoever asked.
  record Forbidden(String cache, String file, int status) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' does not take '%s' (status %d): it is read-only, or wants another token (--token-file)"
          .formatted(cache, file, status);
    }
  }

  /// It knows who asks and says no, or does not know who asks.
  ///
  /// @param reason what it says itself
  record Denied(String cache, String file, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' denies access to '%s': %s".formatted(cache, file, reason);
    }
  }

  /// There is no `nix-cache-info`, or none that can be used.
  record NotACache(String cache, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "'%s' is not a binary cache: %s".formatted(cache, reason);
    }
  }

  /// Nobody can say what all is in it.
  record NoListing(String cache) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' cannot be listed: name the paths".formatted(cache);
    }
  }

  /// What it says of a path makes no sense.
  record BadNarInfo(String cache, String file, NarInfoProblem reason) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' has a damaged '%s': %s".formatted(cache, file, reason.message());
    }
  }

  /// Asked for one path, it speaks of another.
  record OtherPath(String cache, StorePath asked, StorePath told) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' was asked for '%s' and speaks of '%s'".formatted(cache, asked, told);
    }
  }

  /// It speaks of a path and does not have its archive.
  record NoNar(String cache, StorePath path, String url) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' announces '%s' and does not have its archive '%s'"
          .formatted(cache, path, url);
    }
  }

  /// The archive cannot be read.
  record BadNar(String cache, StorePath path, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' sends a damaged archive of '%s': %s".formatted(cache, path, reason);
    }
  }

  /// The archive goes on after its announced size, or its compressed form does beyond measure.
  record TooLong(String cache, StorePath path, long size) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' sends more than the announced %d bytes for '%s'"
          .formatted(cache, size, path);
    }
  }

  /// The archive is another one.
  record WrongNar(String cache, StorePath path, NarHash announced, NarHash actual)
      implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' sends another archive for '%s': %s with %d bytes, announced was %s with %d"
          .formatted(cache, path, actual.hash(), actual.size(), announced.hash(), announced.size());
    }
  }

  /// The archive is the announced one, and the path does not follow from it.
  record WrongContents(String cache, StorePath path, ContentAddress address)
      implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' sends contents for '%s' that its content address '%s' is not of"
          .formatted(cache, path, address);
    }
  }

  /// It is compressed in a way that cannot be read.
  record UnknownCompression(String cache, StorePath path, String method) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' has '%s' compressed with '%s', which is not supported"
          .formatted(cache, path, method);
    }
  }

  /// Nothing vouches for a path.
  ///
  /// @param seen the names of the keys that signed it
  /// @param trusted the names of the keys that would have counted
  record Untrusted(String cache, StorePath path, List<String> seen, List<String> trusted)
      implements CacheProblem {
    /// Copies the lists.
    public Untrusted {
      seen = List.copyOf(seen);
      trusted = List.copyOf(trusted);
    }

    @Override
    public String message() {
      String keys = trusted.isEmpty() ? "no key" : "only " + quoted(trusted);
      if (seen.isEmpty()) {
        return "'%s' in cache '%s' is not signed (trusted: %s): sign it with 'synapse cache sign --key-file FILE %s'"
            .formatted(path, cache, keys, cache);
      }
      if (trusted.containsAll(seen)) {
        return "'%s' in cache '%s' has a signature by %s that is not good: it or the narinfo was changed"
            .formatted(path, cache, quoted(seen));
      }
      return "'%s' in cache '%s' is signed by %s (trusted: %s): if you trust that key, give its public half with --trusted-key '%s:...'"
          .formatted(path, cache, quoted(seen), keys, seen.getFirst());
    }

    private static String quoted(List<String> names) {
      return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
  }

  /// A signature in the name of a trusted key is malformed.
  record BadSignature(String cache, StorePath path, String reason) implements CacheProblem {
    @Override
    public String message() {
      return "'%s' in cache '%s' has a damaged signature: %s".formatted(path, cache, reason);
    }
  }

  /// The cache does not have the path.
  record NotFound(String cache, StorePath path) implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' does not have '%s'".formatted(cache, path);
    }
  }

  /// The cache has a path and not what it refers to.
  record MissingReference(String cache, StorePath path, StorePath reference)
      implements CacheProblem {
    @Override
    public String message() {
      return "cache '%s' has '%s', but not '%s', which it refers to"
          .formatted(cache, path, reference);
    }
  }

  /// What lies in the local store is not what was registered there.
  record Damaged(StorePath path, NarHash registered, NarHash actual) implements CacheProblem {
    @Override
    public String message() {
      return "'%s' is damaged: it has hash %s, registered is %s: run 'synapse store verify'"
          .formatted(path, actual.hash(), registered.hash());
    }
  }
}
