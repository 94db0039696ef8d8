package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// Where and with what a batch was made.
///
/// @param host the machine's name
/// @param system kernel, its release and the processor
/// @param synapse the version of Synapse
/// @param engine what ran the builder
/// @param sandbox how closed the room was; empty when nothing was built this time
public record BatchRoom(
    String host, String system, String synapse, String engine, Optional<String> sandbox) {
  /// Refuses null.
  public BatchRoom {
    requireNonNull(host, "host");
    requireNonNull(system, "system");
    requireNonNull(synapse, "synapse");
    requireNonNull(engine, "engine");
    requireNonNull(sandbox, "sandbox");
  }
}
