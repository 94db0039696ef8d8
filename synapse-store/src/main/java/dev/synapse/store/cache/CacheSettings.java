package dev.synapse.store.cache;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How patiently caches behind a network are asked, and where files for them are made.
///
/// @param connect how long connecting may take
/// @param stall how long an answer may be silent
/// @param tries how often a request is sent that gets no answer
/// @param pause before the second try; doubled before each further one
/// @param token what allows writing, sent as a bearer token
/// @param scratch a folder for files on their way
public record CacheSettings(
    Duration connect,
    Duration stall,
    int tries,
    Duration pause,
    Optional<String> token,
    Path scratch) {
  /// 10 s to connect, 30 s of silence, 3 tries after 0.3 s and 0.6 s, no token, the system's folder
  /// for temporary files.
  public static final CacheSettings DEFAULT =
      new CacheSettings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          3,
          Duration.ofMillis(300),
          Optional.empty(),
          Path.of(System.getProperty("java.io.tmpdir")));

  /// Refuses what makes no sense.
  public CacheSettings {
    if (tries < 1 || pause.isNegative() || !stall.isPositive() || !connect.isPositive()) {
      throw new IllegalArgumentException("tries, stall and connect must be above zero");
    }
  }

  /// The same with a token.
  public CacheSettings withToken(String allowed) {
    return new CacheSettings(connect, stall, tries, pause, Optional.of(allowed), scratch);
  }

  /// The same with other limits.
  public CacheSettings withPatience(Duration silence, int times, Duration between) {
    return new CacheSettings(silence, silence, times, between, token, scratch);
  }

  /// The same with another folder.
  public CacheSettings withScratch(Path folder) {
    return new CacheSettings(connect, stall, tries, pause, token, folder);
  }
}
