package dev.synapse.gmp.osv;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// What somebody says of a vulnerability in a product.
///
/// @param document in which it stands
/// @param names of the vulnerability
/// @param products what it is about
/// @param status `not_affected`, `fixed`, `affected`, ... as its format has it
/// @param reason why; empty where nothing is said
/// @param time when; the latest counts
record VexStatement(
    String document,
    Set<String> names,
    List<Product> products,
    String status,
    String reason,
    Instant time) {
  private static final Set<String> ANSWERS =
      Set.of("not_affected", "fixed", "resolved", "resolved_with_pedigree", "false_positive");

  /// A product, and where not all of it is meant, which parts of it.
  ///
  /// @param ids any of which names it; none for whatever the bill is of
  record Product(Set<String> ids, Set<String> parts) {
    private boolean means(Bill.Part root, Collection<Bill.Part> found) {
      boolean here = ids.isEmpty() || isAny(ids, List.of(root)) || isAny(ids, found);
      return here && (parts.isEmpty() || isAny(parts, found));
    }

    private static boolean isAny(Set<String> ids, Collection<Bill.Part> parts) {
      return ids.stream().anyMatch(id -> parts.stream().anyMatch(part -> part.isCalled(id)));
    }
  }

  boolean isAbout(Set<String> vulnerability, Bill.Part root, Collection<Bill.Part> found) {
    return names.stream().anyMatch(vulnerability::contains)
        && products.stream().anyMatch(product -> product.means(root, found));
  }

  /// Whether it says that nothing is to be done.
  boolean isAnswer() {
    return ANSWERS.contains(status);
  }

  String shown() {
    return "VEX %s: %s, %s".formatted(document, status, reason.replaceAll("\\s+", " "));
  }
}
