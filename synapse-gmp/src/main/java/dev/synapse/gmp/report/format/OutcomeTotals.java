package dev.synapse.gmp.report.format;

import java.util.LinkedHashMap;
import java.util.Map;

/// Counts outcomes by the names that a format has for them, and compares with what it declares.
final class OutcomeTotals {
  private final Map<String, Long> declared = new LinkedHashMap<>();
  private final Map<String, Long> counted = new LinkedHashMap<>();

  /// Adds what the file says of itself; nothing if it does not.
  void declare(String name, Attributes attributes, String attribute) throws DamagedReport {
    if (attributes.has(attribute)) {
      declared.merge(name, attributes.count(attribute), Long::sum);
    }
  }

  void count(String name) {
    counted.merge(name, 1L, Long::sum);
  }

  /// A note for each total that is another.
  ///
  /// @throws DamagedReport if more of `required` are declared than there are: what is missing would
  ///   look like a pass
  void compare(Notes notes, String... required) throws DamagedReport {
    for (String name : required) {
      long says = declared.getOrDefault(name, 0L);
      long holds = counted.getOrDefault(name, 0L);
      if (says > holds) {
        throw new DamagedReport("declares %d %s tests but holds %d".formatted(says, name, holds));
      }
    }
    declared.forEach(
        (name, says) -> {
          long holds = counted.getOrDefault(name, 0L);
          if (says != holds) {
            notes.add("declares %d %s tests, holds %d".formatted(says, name, holds));
          }
        });
  }
}
