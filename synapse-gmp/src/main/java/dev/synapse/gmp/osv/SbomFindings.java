package dev.synapse.gmp.osv;

import java.util.List;

/// Which components have known vulnerabilities.
///
/// @param findings sorted by id, then by component
/// @param matched how many components were looked up
/// @param unmatched what was not, by what names it: of those nothing is known
public record SbomFindings(List<Finding> findings, int matched, List<String> unmatched) {
  /// Copies the lists.
  public SbomFindings {
    findings = List.copyOf(findings);
    unmatched = List.copyOf(unmatched);
  }

  /// A vulnerability of a component.
  ///
  /// @param id as OSV has it
  /// @param aliases other ids of the same, such as `CVE-2021-44228`
  /// @param component its package URL
  public record Finding(String id, List<String> aliases, String component) {
    /// Copies the list.
    public Finding {
      aliases = List.copyOf(aliases);
    }

    /// Whether `other` names this vulnerability.
    public boolean isKnownAs(String other) {
      return id.equals(other) || aliases.contains(other);
    }
  }
}
