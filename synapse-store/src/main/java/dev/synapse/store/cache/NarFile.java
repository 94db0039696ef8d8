package dev.synapse.store.cache;

import dev.synapse.store.hash.Hash;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where the archive of a path lies in a cache, and in which form.
///
/// @param url relative to the cache; see [#isInside(String)]
/// @param compression the name of the method, as it was written
/// @param hash of the compressed file; nobody relies on it
/// @param size of the compressed file, in bytes; nobody relies on it
public record NarFile(String url, String compression, Optional<Hash> hash, OptionalLong size) {
  private static final Pattern VISIBLE = Pattern.compile("[!-~&&[^\\\\#]]+");
  private static final Set<String> NO_NAMES = Set.of("", ".", "..");

  /// Refuses an address outside of the cache.
  public NarFile {
    if (!isInside(url)) {
      throw new IllegalArgumentException("'" + url + "' leads out of the cache");
    }
  }

  /// Whether an address stays inside the cache: relative, of printable ASCII without blanks,
  /// without a `..` in any way of writing it, and not a whole address of its own.
  public static boolean isInside(String url) {
    String path = url.split("\\?", 2)[0];
    return VISIBLE.matcher(url).matches()
        && !path.contains(":")
        && !path.contains("%")
        && Stream.of(path.split("/", -1)).noneMatch(NO_NAMES::contains);
  }
}
