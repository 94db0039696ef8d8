package dev.synapse.build.progress;

import dev.synapse.events.Event;
import java.time.Duration;

/// What happens while inputs are prepared and derivations are built. `name` is the derivation's
/// name, without `.drv`.
public sealed interface BuildEvent extends Event {
  /// What happens outside the sandbox, one step after another.
  sealed interface Preparing extends BuildEvent {}

  /// What a builder does, from its start to its end.
  sealed interface Building extends BuildEvent {}

  /// A step outside the sandbox began, such as unpacking a toolchain; the text is for people.
  record StepStarted(String text) implements Preparing {}

  /// How far the step that began last has come, such as `12 of 65 files, 80 of 141 MB`.
  record StepProgress(String text) implements Preparing {}

  /// The step that began last is done.
  record StepEnded(String text, Duration took) implements Preparing {}

  /// Another process builds it; once that has ended its outputs are taken, or it is built here.
  record Waiting(String name) implements BuildEvent {}

  /// Something is not as it should be and stops nothing; the text is one line for people.
  record Warning(String text) implements BuildEvent {}

  /// A store path was fetched from a binary cache, and nothing has to build it.
  record Substituted(String path, String cache) implements BuildEvent {}

  /// The builder was started in the sandbox.
  record BuildStarted(String name) implements Building {}

  /// The builder announced its next phase.
  record PhaseStarted(String name, String phase) implements Building {}

  /// A phase was followed by another, or by the end of the builder.
  record PhaseEnded(String name, String phase, Duration took) implements Building {}

  /// One line that the builder wrote, without its end; bytes that are no UTF-8 are replaced.
  record LogLine(String name, String line) implements Building {}

  /// The builder ended, and its outputs are registered if `success`.
  record BuildEnded(String name, boolean success, Duration took) implements Building {}
}
