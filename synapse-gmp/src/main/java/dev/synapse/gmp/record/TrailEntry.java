package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One line of the trail.
///
/// @param place where it stands
/// @param kind what `body` is
/// @param body what happened, in canonical form
/// @param head a signed statement of what the trail was before this entry, if it holds one
/// @param setAside what an interrupted write had left before this entry, if anything
public record TrailEntry(
    Place place,
    Kind kind,
    ByteString body,
    Optional<TrailHead> head,
    Optional<SetAside> setAside) {
  private static final int VERSION = 1;
  private static final Set<String> KEYS =
      Set.of("batches", "body", "kind", "previous", "seq", "version");
  private static final String HEAD = "head";
  private static final String SET_ASIDE = "setAside";

  /// What is recorded.
  public enum Kind {
    /// A build and its judgement.
    BATCH,
    /// What a person decided about a batch.
    DECISION;

    private final String label = name().toLowerCase(java.util.Locale.ROOT);

    String label() {
      return label;
    }
  }

  /// Where an entry stands.
  ///
  /// @param seq from 1 on
  /// @param batches how many batches there are up to this entry, itself included
  /// @param previous the SHA-256 of the line before, in hexadecimal; zeros before the first
  public record Place(long seq, long batches, String previous) {}

  /// Bytes of a line that was never finished, and that were moved to a file of their own.
  public record SetAside(long bytes, String sha256) {}

  /// What the first entry names as the hash of the line before.
  public static final String NO_PREVIOUS = "0".repeat(HashAlgorithm.SHA256.size() * 2);

  /// Refuses null.
  public TrailEntry {
    requireNonNull(place, "place");
    requireNonNull(kind, "kind");
    requireNonNull(body, "body");
  }

  /// The line, without its end.
  ByteString line() {
    StringBuilder line = new StringBuilder();
    line.append("{\"batches\":").append(place.batches());
    line.append(",\"body\":").append(body.utf8());
    head.ifPresent(signed -> line.append(",\"head\":").append(CanonicalJson.of(signed.toJson())));
    line.append(",\"kind\":\"").append(kind.label());
    line.append("\",\"previous\":\"").append(place.previous());
    line.append("\",\"seq\":").append(place.seq());
    setAside.ifPresent(
        torn ->
            line.append(",\"setAside\":")
                .append(CanonicalJson.of(Map.of("bytes", torn.bytes(), "sha256", torn.sha256()))));
    return ByteString.of(line.append(",\"version\":").append(VERSION).append('}').toString());
  }

  /// What the next entry names as the hash of this line.
  static String hash(byte[] line) {
    return Hash.of(HashAlgorithm.SHA256, line).toHex();
  }

  /// Reads a line.
  ///
  /// @throws NotCanonicalException with what is wrong with it
  static TrailEntry parse(byte[] line) throws NotCanonicalException, RecordException {
    Members members = new Members("an entry", CanonicalJson.members(line));
    members.require(KEYS, Set.of(HEAD, SET_ASIDE));
    long version = members.count("version");
    if (version != VERSION) {
      throw RecordException.malformed(
          "an entry", "version %d, this Synapse reads version %d".formatted(version, VERSION));
    }
    Optional<Fields> head = members.optional(HEAD);
    Optional<Fields> torn = members.optional(SET_ASIDE);
    return new TrailEntry(
        new Place(members.count("seq"), members.count("batches"), members.text("previous")),
        kind(members.text("kind")),
        members.bytes("body"),
        head.isPresent() ? Optional.of(TrailHead.parse(head.get())) : Optional.empty(),
        torn.isPresent() ? Optional.of(aside(torn.get())) : Optional.empty());
  }

  private static Kind kind(String label) throws RecordException {
    for (Kind kind : Kind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw RecordException.malformed("an entry", "'kind' is '%s'".formatted(label));
  }

  /// What happened, to be read.
  Fields fields() throws RecordException {
    try {
      return Fields.of("an entry", CanonicalJson.parse(body.toByteArray()));
    } catch (NotCanonicalException e) {
      throw RecordException.malformed("an entry", String.valueOf(e.getMessage()));
    }
  }

  private static SetAside aside(Fields fields) throws RecordException {
    return new SetAside(fields.count("bytes"), fields.text("sha256"));
  }
}
