package dev.synapse.gmp.osv;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads statements that answer vulnerabilities: OpenVEX, and CycloneDX with analyses.
///
/// @see <a href="https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md">OpenVEX 0.2</a>
/// @see <a href="https://cyclonedx.org/capabilities/vex/">CycloneDX VEX</a>
final class Vex {
  private static final String STATEMENTS = "statements";
  private static final String TIMESTAMP = "timestamp";
  private static final String LAST_UPDATED = "last_updated";
  private static final String PRODUCTS = "products";

  /// A reference to a part of another document.
  private static final Pattern BOM_LINK = Pattern.compile("urn:cdx:([^/]+)/[0-9]+#(.+)");

  private Vex() {}

  /// The statements of a file.
  ///
  /// @param bill whose parts a CycloneDX document may refer to
  static List<VexStatement> read(Path file, Bill bill) throws IOException, OsvException {
    String name = String.valueOf(file.getFileName());
    try {
      JsonNode document = CanonicalJson.parse(Files.readAllBytes(file));
      if (document.path("@context").asString("").startsWith("https://openvex.dev/ns")) {
        return openVex(name, document);
      }
      if (Bill.of(name, document).isHeldAgainstAny()) {
        return cycloneDx(name, document, bill);
      }
    } catch (NotCanonicalException _) {
      throw OsvException.ofVex(name, "not JSON");
    } catch (OsvException _) {
      throw OsvException.ofVex(name, "neither OpenVEX nor CycloneDX in its JSON form");
    }
    throw OsvException.ofVex(name, "has no list of vulnerabilities");
  }

  private static List<VexStatement> openVex(String name, JsonNode document) throws OsvException {
    List<VexStatement> statements = new ArrayList<>();
    for (JsonNode each : document.path(STATEMENTS).values()) {
      List<VexStatement.Product> products = new ArrayList<>();
      for (JsonNode product : each.path(PRODUCTS).values()) {
        Set<String> parts = new HashSet<>();
        product.path("subcomponents").values().forEach(part -> parts.addAll(ids(part)));
        if (!ids(product).isEmpty()) {
          products.add(new VexStatement.Product(ids(product), parts));
        }
      }
      statements.add(
          new VexStatement(
              name,
              names(each.path("vulnerability")),
              products,
              each.path("status").asString(""),
              firstText(each, "justification", "impact_statement", "status_notes"),
              time(name, firstText(each, LAST_UPDATED, TIMESTAMP), document)));
    }
    return statements;
  }

  private static Set<String> names(JsonNode vulnerability) {
    Set<String> names = new LinkedHashSet<>();
    add(vulnerability, names);
    add(vulnerability.path("name"), names);
    vulnerability.path("aliases").values().forEach(alias -> add(alias, names));
    return names;
  }

  /// A text, as older documents have it, or an object.
  private static Set<String> ids(JsonNode product) {
    Set<String> ids = new HashSet<>();
    add(product, ids);
    add(product.path("@id"), ids);
    product.path("identifiers").values().forEach(id -> add(id, ids));
    return ids;
  }

  private static void add(JsonNode text, Set<String> to) {
    if (text.isString()) {
      to.add(text.stringValue());
    }
  }

  private static String firstText(JsonNode node, String... names) {
    return Stream.of(names)
        .map(name -> node.path(name).asString(""))
        .filter(text -> !text.isBlank())
        .findFirst()
        .orElse("");
  }

  private static Instant time(String name, String own, JsonNode document) throws OsvException {
    String text = own.isEmpty() ? firstText(document, LAST_UPDATED, TIMESTAMP) : own;
    try {
      return text.isEmpty() ? Instant.MIN : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException _) {
      throw OsvException.ofVex(name, "'%s' is no time of RFC 3339".formatted(text));
    }
  }

  /// The analyses of a document; a vulnerability without one is not answered.
  static List<VexStatement> cycloneDx(String name, JsonNode document, Bill bill)
      throws OsvException {
    List<VexStatement> statements = new ArrayList<>();
    for (JsonNode each : document.path(Bill.VULNERABILITIES).values()) {
      JsonNode analysis = each.path("analysis");
      Set<String> names = new LinkedHashSet<>();
      add(each.path("id"), names);
      each.path("references").values().forEach(other -> add(other.path("id"), names));
      List<VexStatement.Product> products = new ArrayList<>();
      for (JsonNode affected : each.path("affects").values()) {
        String ref = ref(affected.path("ref").asString(""), bill);
        products.add(new VexStatement.Product(Set.of(ref), Set.of()));
      }
      if (products.isEmpty() && document.equals(bill.document())) {
        products.add(new VexStatement.Product(Set.of(), Set.of()));
      }
      if (analysis.has("state")) {
        statements.add(
            new VexStatement(
                name,
                names,
                products,
                analysis.path("state").asString(""),
                firstText(analysis, "justification", "detail"),
                time(
                    name,
                    firstText(analysis, "lastUpdated", "firstIssued"),
                    document.path("metadata"))));
      }
    }
    return statements;
  }

  /// Without the name of the bill, if it is this one.
  private static String ref(String written, Bill bill) {
    Matcher link = BOM_LINK.matcher(written);
    if (!link.matches()) {
      return written;
    }
    boolean here = bill.serial().equals("urn:uuid:" + link.group(1));
    return here ? URLDecoder.decode(link.group(2), StandardCharsets.UTF_8) : "";
  }
}
