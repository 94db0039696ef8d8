package dev.synapse.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// No limits on what all processes use together; so nothing to be made, and removed, for them.
record Unlimited() implements Containment {
  @Override
  public List<String> prefix() {
    return List.of();
  }

  @Override
  public List<Path> join() {
    return List.of();
  }

  @Override
  public List<HardLimit> hardLimits() {
    return List.of();
  }

  @Override
  public Optional<Outcome> exceeded(long init) {
    return Optional.empty();
  }

  @Override
  public void close() {
    // nothing was made
  }
}
