package dev.synapse.gmp.verdict;

import java.util.List;

/// What came of holding a bill of materials against known vulnerabilities.
///
/// @param all each id and component once, sorted by id, then by component
/// @param unknown components that had to be looked up and could not be: of those nothing is known,
///   which is no pass
/// @param notes what the reader is to know besides
public record KnownVulnerabilities(
    List<Vulnerability> all, List<String> unknown, List<String> notes) {
  public KnownVulnerabilities {
    all = List.copyOf(all);
    unknown = List.copyOf(unknown);
    notes = List.copyOf(notes);
  }
}
