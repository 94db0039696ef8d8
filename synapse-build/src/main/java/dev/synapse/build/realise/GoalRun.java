package dev.synapse.build.realise;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.derivation.Derivation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/// One run of a package's Maven goals, to see what they fetch.
///
/// @param plan the package's derivation as far as it is known, which gives room and environment
/// @param options words for Maven before the goals
/// @param goals what Maven is to do
/// @param settings the settings file on this machine
/// @param settingsInside where Maven finds it in the room
/// @param proxy where the proxy listens: its port is there in the room too
public record GoalRun(
    Derivation plan,
    List<String> options,
    List<String> goals,
    Path settings,
    Path settingsInside,
    InetSocketAddress proxy) {
  /// Copies the lists.
  public GoalRun {
    requireNonNull(plan, "plan");
    options = List.copyOf(options);
    goals = List.copyOf(goals);
  }
}
