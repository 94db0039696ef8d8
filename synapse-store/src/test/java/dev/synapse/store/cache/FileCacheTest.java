package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A folder is a cache.
final class FileCacheTest extends BinaryCacheContract {
  @Override
  BinaryCache open() throws Exception {
    return new BinaryCaches(CacheSettings.DEFAULT).open("file://" + folder.resolve("cache"));
  }

  @Test
  void whatADeadProcessLeftIsDeletedADayLater() throws Exception {
    Path place = Files.createDirectories(folder.resolve("cache"));
    Files.writeString(place.resolve(".partial-1"), "x");
    Files.writeString(place.resolve("kept"), "x");
    try (FileCache cache = new FileCache("file://" + place, place)) {
      assertThat(cache.sweep(Clock.systemUTC())).isZero();
      assertThat(cache.sweep(Clock.offset(Clock.systemUTC(), Duration.ofDays(2)))).isOne();
    }
    assertThat(place).isDirectoryContaining("glob:**/kept");
    assertThat(place.resolve(".partial-1")).doesNotExist();
  }
}
