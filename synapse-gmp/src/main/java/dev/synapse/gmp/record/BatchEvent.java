package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.verdict.Disposition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The part of a batch record that is different each time: who, when, where, how it went.
///
/// @param actor who had it built: a name
/// @param started when, to the millisecond
/// @param finished when, to the millisecond
/// @param room where and with what
/// @param judged what the gate decided
/// @param deviations what was not as it should be, a line each
/// @param revision the commit whose files, unchanged, the project's folder held; empty where they
///   were changed, or no git knows them
public record BatchEvent(
    String actor,
    Instant started,
    Instant finished,
    BatchRoom room,
    Judged judged,
    List<String> deviations,
    Optional<String> revision) {
  private static final String SANDBOX = "sandbox";
  private static final String REVISION = "revision";

  /// An event of no known commit.
  public BatchEvent(
      String actor,
      Instant started,
      Instant finished,
      BatchRoom room,
      Judged judged,
      List<String> deviations) {
    this(actor, started, finished, room, judged, deviations, Optional.empty());
  }

  /// What the gate decided, and on what beside the result.
  ///
  /// @param built whether the builder ran this time
  /// @param repeated whether a second build gave the same bytes; empty when there was none
  /// @param secondPerson whether the policy wants another person to release what passes
  public record Judged(
      Disposition disposition, boolean built, Optional<Boolean> repeated, boolean secondPerson) {
    /// Refuses null.
    public Judged {
      requireNonNull(disposition, "disposition");
      requireNonNull(repeated, "repeated");
    }
  }

  /// Cuts the times to milliseconds.
  public BatchEvent {
    requireNonNull(actor, "actor");
    requireNonNull(room, "room");
    requireNonNull(judged, "judged");
    started = started.truncatedTo(ChronoUnit.MILLIS);
    finished = finished.truncatedTo(ChronoUnit.MILLIS);
    deviations = List.copyOf(deviations);
    requireNonNull(revision, "revision");
  }

  /// How long it took.
  public Duration took() {
    return Duration.between(started, finished);
  }

  Map<String, Object> toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("actor", actor);
    document.put("started", started.toString());
    document.put("finished", finished.toString());
    document.put("host", room.host());
    document.put("system", room.system());
    document.put("synapse", room.synapse());
    document.put("engine", room.engine());
    room.sandbox().ifPresent(level -> document.put(SANDBOX, level));
    document.put("disposition", judged.disposition().id());
    document.put("built", judged.built());
    judged.repeated().ifPresent(same -> document.put("repeated", same));
    document.put("secondPerson", judged.secondPerson());
    document.put("deviations", deviations);
    revision.ifPresent(commit -> document.put(REVISION, commit));
    return document;
  }

  static BatchEvent parse(Fields fields) throws RecordException {
    fields.require(
        Set.of(
            "actor",
            "built",
            "deviations",
            "disposition",
            "engine",
            "finished",
            "host",
            "secondPerson",
            "started",
            "synapse",
            "system"),
        Set.of("repeated", SANDBOX, REVISION));
    boolean compared = fields.node().has("repeated");
    Optional<Boolean> repeated =
        compared ? Optional.of(fields.truth("repeated")) : Optional.empty();
    Optional<String> sandbox =
        fields.node().has(SANDBOX) ? Optional.of(fields.text(SANDBOX)) : Optional.empty();
    return new BatchEvent(
        fields.text("actor"),
        fields.time("started"),
        fields.time("finished"),
        new BatchRoom(
            fields.text("host"),
            fields.text("system"),
            fields.text("synapse"),
            fields.text("engine"),
            sandbox),
        new Judged(
            fields.oneOf("disposition", Disposition.values(), Disposition::id),
            fields.truth("built"),
            repeated,
            fields.truth("secondPerson")),
        fields.texts("deviations"),
        fields.node().has(REVISION) ? Optional.of(fields.text(REVISION)) : Optional.empty());
  }
}
