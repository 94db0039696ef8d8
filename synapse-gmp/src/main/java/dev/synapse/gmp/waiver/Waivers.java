package dev.synapse.gmp.waiver;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// Signed waivers, and the day on which they are judged.
///
/// @param all each id once, in the order of the files
public record Waivers(List<Waiver> all, LocalDate day) {
  /// None at all. The day does not matter then.
  public static final Waivers NONE = new Waivers(List.of(), LocalDate.EPOCH);

  public Waivers {
    all = List.copyOf(all);
    requireNonNull(day, "day");
    long ids = all.stream().map(Waiver::id).distinct().count();
    if (ids != all.size()) {
      throw new IllegalArgumentException("two waivers have one id");
    }
  }

  /// The waiver for that, which has not expired; empty when there is none.
  public Optional<Waiver> find(Waiver.Target target) {
    return all.stream()
        .filter(waiver -> waiver.target().equals(target) && !waiver.isExpired(day))
        .findFirst();
  }

  /// Those that hold no more.
  public List<Waiver> expired() {
    return all.stream().filter(waiver -> waiver.isExpired(day)).toList();
  }
}
