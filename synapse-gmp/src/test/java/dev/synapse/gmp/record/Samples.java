package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.store.path.StorePath;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Records to work with.
final class Samples {
  static final StorePath OUT = path("00000000000000000000000000000000-demo");
  static final StorePath DERIVATION = path("11111111111111111111111111111111-demo.drv");
  static final Instant START = Instant.parse("2026-11-23T12:00:00.123456Z");

  private Samples() {}

  static StorePath path(String baseName) {
    try {
      return StorePath.parse("/nix/store/" + baseName);
    } catch (dev.synapse.store.path.StorePathException e) {
      throw new IllegalStateException(e);
    }
  }

  static BatchResult result(String coverage) {
    return new BatchResult(
        new BatchSubject("demo", "1.0", DERIVATION, Optional.empty()),
        List.of(new BatchOutput(path("22222222222222222222222222222222-source"), "sha256-s=", 7)),
        new TreeMap<>(Map.of("out", new BatchOutput(OUT, "sha256-o=", 120))),
        CanonicalJson.node(Map.of("tests", 3)),
        CanonicalJson.node(Map.of("stage", "growth", "coverage", coverage)));
  }

  static BatchEvent event(Disposition disposition, boolean secondPerson) {
    return new BatchEvent(
        "ada",
        START,
        START.plusSeconds(90),
        new BatchRoom("host", "Linux 6.1 x86_64", "0.1.0", "synapse", Optional.of("full")),
        new BatchEvent.Judged(disposition, true, Optional.of(true), secondPerson),
        List.of("test_coverage is 79.9, below 80"));
  }
}
