package dev.synapse.gmp.policy;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Never worse than before.
///
/// @param metrics what may not get worse; none at all means each metric with a limit on the project
/// @param tolerances by how much a figure may get worse all the same, in its unit: noise
/// @param stale what follows when the baseline is not of the commit that the change starts from
public record Ratchet(List<Metric> metrics, Map<Metric, BigDecimal> tolerances, Severity stale) {
  /// Without tolerance, for every metric, and a stale baseline is only said.
  public static final Ratchet EXACT = new Ratchet(List.of(), Map.of(), Severity.WARNING);

  public Ratchet {
    metrics = metrics.stream().sorted().toList();
    tolerances = Collections.unmodifiableMap(new TreeMap<>(tolerances));
  }

  /// By how much the figure may get worse.
  public BigDecimal tolerance(Metric metric) {
    return tolerances.getOrDefault(metric, BigDecimal.ZERO);
  }

  /// Whether the metric may not get worse.
  public boolean holds(Metric metric) {
    return metrics.isEmpty() || metrics.contains(metric);
  }
}
