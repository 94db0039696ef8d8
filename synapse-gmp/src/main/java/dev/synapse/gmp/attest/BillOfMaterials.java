package dev.synapse.gmp.attest;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.record.BatchOutput;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.gmp.record.BatchSubject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// What a batch consists of and was made from: the closure of its outputs in the store, and all
/// that its lock names. It depends on nothing else: no time, no random number.
///
/// @see <a href="https://cyclonedx.org/docs/1.6/json/">CycloneDX 1.6</a>
public final class BillOfMaterials {
  private static final String REF = "bom-ref";

  private BillOfMaterials() {}

  /// The document.
  ///
  /// @param closure every store path that the outputs need when they run, themselves included
  public static JsonNode of(
      BatchResult result, Collection<Component> components, Collection<BatchOutput> closure) {
    BatchSubject subject = result.subject();
    return of(subject.name(), subject.version(), result.toJson(), components, closure);
  }

  /// The same of something that is no batch yet.
  ///
  /// @param from what the serial number is made of
  public static JsonNode of(
      String name,
      String version,
      String from,
      Collection<Component> components,
      Collection<BatchOutput> closure) {
    Map<String, Map<String, Object>> all = new TreeMap<>();
    components.forEach(each -> all.put(each.uri(), component(each)));
    closure.forEach(each -> all.put(ref(each), component(each)));
    String root = "urn:synapse:package:" + name;
    List<String> runtime = closure.stream().map(BillOfMaterials::ref).sorted().toList();
    List<Object> dependencies = new ArrayList<>();
    dependencies.add(Map.of("ref", root, "dependsOn", runtime));
    all.keySet().forEach(ref -> dependencies.add(Map.of("ref", ref)));
    UUID serial = UUID.nameUUIDFromBytes(from.getBytes(StandardCharsets.UTF_8));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("bomFormat", "CycloneDX");
    document.put("specVersion", "1.6");
    document.put("serialNumber", "urn:uuid:" + serial);
    document.put("version", 1);
    document.put(
        "metadata",
        Map.of(
            "component",
            Map.of(REF, root, "type", "application", "name", name, "version", version)));
    document.put("components", List.copyOf(all.values()));
    document.put("dependencies", dependencies);
    return CanonicalJson.node(document);
  }

  private static String ref(BatchOutput output) {
    return "file://" + output.path();
  }

  private static List<Object> hashes(String hex) {
    return List.of(Map.of("alg", "SHA-256", "content", hex));
  }

  private static Map<String, Object> component(BatchOutput output) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "file");
    component.put(REF, ref(output));
    component.put("name", output.path().baseName());
    component.put("hashes", hashes(Statements.hex(output)));
    component.put("scope", "required");
    return component;
  }

  private static Map<String, Object> component(Component from) {
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", from.purl().isPresent() ? "library" : "file");
    component.put(REF, from.uri());
    component.put("name", from.name());
    from.purl()
        .ifPresent(
            purl -> {
              component.put("group", purl.namespace());
              component.put("version", purl.version());
              component.put("purl", purl.toString());
            });
    component.put("hashes", hashes(from.sha256().toHex()));
    return component;
  }
}
