package dev.synapse.gmp.policy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;

/// What is asked of each module that a pattern names, besides what is asked of the whole.
///
/// @param pattern the module's name; `*` in it stands for anything
/// @param limits in the order of [Metric], then of [Scope]
public record ModuleLimits(String pattern, List<Limit> limits) {
  public ModuleLimits {
    requireNonNull(pattern, "pattern");
    limits = limits.stream().sorted(StageLimits.ORDER).toList();
    for (Limit limit : limits) {
      if (!limit.metric().isPerModule()) {
        throw new IllegalArgumentException("no module has " + limit.metric().id());
      }
    }
  }

  /// Whether the pattern names that module.
  public boolean matches(String module) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
    return Pattern.compile(regex, Pattern.DOTALL).matcher(module).matches();
  }
}
