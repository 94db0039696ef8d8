package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.SshSignature;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a person decided about a batch, over their signature: name, time and meaning are part of
/// what is signed (21 CFR 11.50), and so is the result (11.70): the signature fits no other.
///
/// @param batch the batch's id
/// @param result the SHA-256 of its result, in hexadecimal
/// @param verb what is decided
/// @param by who, as the allowed signers name them
/// @param at when, to the second
/// @param meaning what the signature stands for
public record Decision(
    CompoundId batch, String result, Verb verb, String by, Instant at, String meaning) {
  /// What can be decided.
  public enum Verb {
    /// It may be shared.
    RELEASE,
    /// It may not.
    REJECT;

    /// The word in records and on the command line.
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Cuts the time to seconds; refuses a decision without meaning.
  public Decision {
    requireNonNull(batch, "batch");
    requireNonNull(result, "result");
    requireNonNull(verb, "verb");
    requireNonNull(by, "by");
    at = at.truncatedTo(ChronoUnit.SECONDS);
    if (meaning.isBlank()) {
      throw new IllegalArgumentException("a decision without a meaning");
    }
  }

  /// A decision with its signature.
  ///
  /// @param signature the armoured text
  public record Signed(Decision decision, String signature) {
    Map<String, Object> toJson() {
      Map<String, Object> document = decision.document();
      document.put("signature", signature);
      return document;
    }

    /// Requires that the signature is one of this decision, whoever's.
    public SshSignature verify() throws SignException {
      SshSignature read = SshSignature.parse(signature);
      read.require(decision.message(), SshSignature.NAMESPACE);
      return read;
    }
  }

  private Map<String, Object> document() {
    Map<String, Object> document = new TreeMap<>();
    document.put("batch", batch.toString());
    document.put("result", result);
    document.put("decision", verb.id());
    document.put("by", by);
    document.put("at", at.toString());
    document.put("meaning", meaning);
    return document;
  }

  /// What is signed: one line of canonical JSON, and its end.
  public byte[] message() {
    return (CanonicalJson.of(document()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /// Signs.
  public Signed sign(SignKey key) {
    return new Signed(this, SshSignature.sign(message(), key, SshSignature.NAMESPACE).armoured());
  }

  /// Reads the text of [#message()].
  public static Decision parseMessage(byte[] text) throws RecordException {
    String what = "the decision";
    try {
      String line = new String(text, StandardCharsets.UTF_8).strip();
      Fields fields =
          Fields.of(what, CanonicalJson.parseCanonical(line.getBytes(StandardCharsets.UTF_8)));
      fields.require(KEYS, Set.of());
      return parse(fields);
    } catch (CanonicalJson.NotCanonicalException e) {
      throw RecordException.malformed(what, String.valueOf(e.getMessage()));
    }
  }

  private static final Set<String> KEYS =
      Set.of("at", "batch", "by", "decision", "meaning", "result");

  static Signed parseSigned(Fields fields) throws RecordException {
    fields.require(KEYS, Set.of("signature"));
    return new Signed(parse(fields), fields.text("signature"));
  }

  private static Decision parse(Fields fields) throws RecordException {
    String id = fields.text("batch");
    String meaning = fields.text("meaning");
    if (meaning.isBlank()) {
      throw RecordException.malformed(fields.what(), "'meaning' is empty");
    }
    return new Decision(
        CompoundId.parse(id)
            .orElseThrow(
                () -> RecordException.malformed(fields.what(), "'%s' is no id".formatted(id))),
        fields.text("result"),
        fields.oneOf("decision", Verb.values(), Verb::id),
        fields.text("by"),
        fields.time("at"),
        meaning);
  }
}
