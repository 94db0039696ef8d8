package dev.synapse.store.cache;

import dev.synapse.store.path.StoreDirectory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What a cache says of itself: the file `nix-cache-info`.
///
/// @param massQuery whether it may be asked for many paths at once
/// @param priority caches with lower numbers are asked first
public record CacheInfo(boolean massQuery, Optional<Integer> priority) {
  /// The name of the file.
  public static final String FILE = "nix-cache-info";

  /// What Nix writes into a new folder: nothing but the store directory.
  public static final CacheInfo PLAIN = new CacheInfo(false, Optional.empty());

  /// Where a cache without a priority stands, as in Nix.
  static final int DEFAULT_PRIORITY = 50;

  private static final int LIMIT = 1 << 16;

  /// Reads the text; refuses a cache of another store directory.
  public static CacheInfo parse(byte[] bytes) throws NarInfoException {
    InfoFields fields = InfoFields.parse(bytes, LIMIT);
    Optional<String> directory = fields.find("StoreDir");
    if (directory.isPresent() && !directory.get().equals(StoreDirectory.NIX.directory())) {
      throw InfoFields.bad(
          "StoreDir", directory.get(), "only '" + StoreDirectory.NIX + "' can be used");
    }
    Optional<String> priority = fields.find("Priority");
    return new CacheInfo(
        fields.find("WantMassQuery").filter("1"::equals).isPresent(),
        priority.isPresent()
            ? Optional.of(
                (int) Math.min(Integer.MAX_VALUE, InfoFields.number("Priority", priority.get())))
            : Optional.empty());
  }

  /// The text, as Nix writes it.
  public byte[] toBytes() {
    StringBuilder text = new StringBuilder("StoreDir: " + StoreDirectory.NIX + "\n");
    if (massQuery) {
      text.append("WantMassQuery: 1\n");
    }
    priority.ifPresent(number -> text.append("Priority: ").append(number).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
