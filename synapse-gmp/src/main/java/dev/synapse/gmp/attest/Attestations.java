package dev.synapse.gmp.attest;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.sign.SignKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// All that is attested of a batch, signed.
///
/// @param bom the bill of materials
/// @param envelopes by what they state: `provenance`, `test-result`, `sbom`, `verdict`, `svr`
public record Attestations(JsonNode bom, Map<String, Envelope> envelopes) {
  /// Keeps the order.
  public Attestations {
    envelopes = Collections.unmodifiableMap(new LinkedHashMap<>(envelopes));
  }

  /// Signs all statements.
  public static Attestations sign(Statements statements, JsonNode bom, SignKey key) {
    Map<String, Envelope> envelopes = new LinkedHashMap<>();
    envelopes.put("provenance", Envelope.sign(statements.provenance(), key));
    envelopes.put("test-result", Envelope.sign(statements.testResult(), key));
    envelopes.put("sbom", Envelope.sign(statements.bom(bom), key));
    envelopes.put("verdict", Envelope.sign(statements.summary(new TreeMap<>(envelopes)), key));
    envelopes.put("svr", Envelope.sign(statements.simpleResult(), key));
    return new Attestations(bom, envelopes);
  }

  /// Writes each as an envelope and as a bundle, the bill of materials, and the public key.
  public void write(Path folder, SignKey key) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, Envelope> each : envelopes.entrySet()) {
      Files.writeString(folder.resolve(each.getKey() + ".dsse.json"), each.getValue().toJson());
      Files.writeString(
          folder.resolve(each.getKey() + ".sigstore.json"), each.getValue().toBundle());
    }
    Files.writeString(folder.resolve("sbom.cdx.json"), CanonicalJson.of(bom) + "\n");
    Files.writeString(folder.resolve("key.pem"), key.verifyKey().pem());
  }
}
