package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A file of an output, or an entry of an archive in it, through archives in archives.
record Place(String file, Optional<String> entry) {
  static Place of(String file) {
    return new Place(file, Optional.empty());
  }

  Place below(String name) {
    return new Place(file, Optional.of(entry.map(outer -> outer + "!" + name).orElse(name)));
  }

  Difference differs(Aspect aspect, String detail) {
    return new Difference(file, entry, Set.of(aspect), detail);
  }

  /// What both sides have to say of this place, where it is not the same; details in the order of
  /// the aspects.
  Optional<Difference> differs(Map<Aspect, String> first, Map<Aspect, String> second) {
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    aspects.addAll(first.keySet());
    aspects.addAll(second.keySet());
    aspects.removeIf(aspect -> text(first, aspect).equals(text(second, aspect)));
    if (aspects.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Difference(
            file,
            entry,
            aspects,
            aspects.stream()
                .map(aspect -> text(first, aspect) + ", then " + text(second, aspect))
                .collect(Collectors.joining("; "))));
  }

  private static String text(Map<Aspect, String> properties, Aspect aspect) {
    return properties.getOrDefault(aspect, "none");
  }

  /// All of `found`, those at this very place made one.
  List<Difference> merged(List<Difference> found) {
    List<Difference> here = found.stream().filter(this::holds).toList();
    if (here.size() < 2) {
      return found;
    }
    var all = new ArrayList<Difference>();
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    here.forEach(each -> aspects.addAll(each.aspects()));
    String details =
        here.stream()
            .map(Difference::detail)
            .filter(detail -> !detail.isEmpty())
            .collect(Collectors.toCollection(LinkedHashSet::new))
            .stream()
            .collect(Collectors.joining("; "));
    all.add(new Difference(file, entry, aspects, details));
    found.stream().filter(each -> !holds(each)).forEach(all::add);
    return all;
  }

  private boolean holds(Difference difference) {
    return difference.file().equals(file) && difference.entry().equals(entry);
  }
}
