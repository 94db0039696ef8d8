package dev.synapse.gmp.osv;

import dev.synapse.gmp.attest.PackageUrl;
import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A bill of materials in CycloneDX's JSON form.
///
/// @param name of the document, for messages
/// @param serial its serial number, by which other documents refer to its parts; else empty
/// @param root what it is the bill of
/// @param parts its components, those within others too
/// @param document the whole
/// @see <a href="https://cyclonedx.org/docs/1.6/json/">CycloneDX 1.6</a>
public record Bill(String name, String serial, Part root, List<Part> parts, JsonNode document) {
  static final String VULNERABILITIES = "vulnerabilities";
  private static final Set<String> CODE =
      Set.of("library", "framework", "operating-system", "platform");

  /// A component.
  ///
  /// @param ref by which the document refers to it
  /// @param type such as `library`
  public record Part(
      String ref, String type, String name, String version, Optional<PackageUrl> purl) {
    private static Part of(JsonNode node) {
      String name = node.path("name").asString("");
      return new Part(
          node.path("bom-ref").asString(node.path("purl").asString(name)),
          node.path("type").asString(""),
          name,
          node.path("version").asString(""),
          PackageUrl.parse(node.path("purl").asString("")));
    }

    /// Whether it has to be looked up: what has no package URL and is no library, a file for
    /// instance, is in no database. A POM is no code.
    boolean isCode() {
      return purl.map(url -> !url.isPom()).orElse(CODE.contains(type));
    }

    String shown() {
      return purl.map(PackageUrl::toString).orElse(ref);
    }

    /// Whether `id`, of a document of somebody else, means this.
    boolean isCalled(String id) {
      return !id.isEmpty()
          && (id.equals(ref)
              || PackageUrl.parse(id).flatMap(wanted -> purl.filter(wanted::covers)).isPresent());
    }
  }

  /// Copies the list.
  public Bill {
    parts = List.copyOf(parts);
  }

  /// Reads a file.
  ///
  /// @throws OsvException if it is no bill of materials
  public static Bill read(Path file) throws IOException, OsvException {
    String name = String.valueOf(file.getFileName());
    try {
      return of(name, CanonicalJson.parse(Files.readAllBytes(file)));
    } catch (NotCanonicalException _) {
      throw OsvException.ofBill(name, "not JSON");
    }
  }

  /// A document that was read or made.
  ///
  /// @throws OsvException if it is no bill of materials
  public static Bill of(String name, JsonNode document) throws OsvException {
    if (!document.path("bomFormat").asString("").equals("CycloneDX")) {
      throw OsvException.ofBill(name, "no bill of materials in CycloneDX's JSON form");
    }
    List<Part> parts = new ArrayList<>();
    add(document, parts);
    return new Bill(
        name,
        document.path("serialNumber").asString(""),
        Part.of(document.path("metadata").path("component")),
        parts,
        document);
  }

  private static void add(JsonNode holder, List<Part> parts) {
    for (JsonNode each : holder.path("components").values()) {
      parts.add(Part.of(each));
      add(each, parts);
    }
  }

  /// Whether it says itself which vulnerabilities there are.
  boolean isHeldAgainstAny() {
    return document.path(VULNERABILITIES).isArray();
  }

  /// The part that `ref` means.
  Optional<Part> find(String ref) {
    return Stream.concat(Stream.of(root), parts.stream())
        .filter(part -> part.ref().equals(ref))
        .findFirst();
  }
}
