package dev.synapse.gmp.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Counts the known vulnerabilities that a bill of materials lists and that nobody has answered.
///
/// @see <a href="https://cyclonedx.org/docs/1.6/json/#vulnerabilities">CycloneDX 1.6,
///   vulnerabilities</a>
public final class SbomFindings {
  private static final Set<String> ANSWERED =
      Set.of("resolved", "resolved_with_pedigree", "false_positive", "not_affected");

  private SbomFindings() {}

  /// How many are open. A bill without a list of vulnerabilities was never held against any, and is
  /// refused: that is no zero.
  ///
  /// @throws ReportException if the file is none, or has no such list
  /// @throws IOException if it cannot be read
  public static long open(Path cycloneDx) throws ReportException, IOException {
    String name = String.valueOf(cycloneDx.getFileName());
    try {
      JsonNode root = new JsonMapper().readTree(Files.readAllBytes(cycloneDx));
      if (!root.path("bomFormat").asString("").equals("CycloneDX")) {
        throw damaged(name, "no bill of materials in CycloneDX's JSON form");
      }
      JsonNode listed = root.path("vulnerabilities");
      if (!listed.isArray()) {
        throw damaged(name, "has no list of vulnerabilities: it was not held against any");
      }
      long open = 0;
      for (JsonNode each : listed) {
        String state = each.path("analysis").path("state").asString("");
        open += ANSWERED.contains(state) ? 0 : 1;
      }
      return open;
    } catch (JacksonException _) {
      throw damaged(name, "not JSON");
    }
  }

  private static ReportException damaged(String name, String reason) {
    return new ReportException(List.of(new ReportProblem.Damaged(name, reason)));
  }
}
