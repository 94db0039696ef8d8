package dev.synapse.build.realise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A tree of links to the files of several packages, as `nix-env` makes it of what is installed.
///
/// Where only one package has a folder, one link leads to it; where several have, it is made and
/// theirs are put together. Of equal files the one of the package with the lower priority number is
/// taken; of the same number is an error. What a package names in
/// `nix-support/propagated-user-env-packages` comes after all others.
final class Profile {
  private static final String PROPAGATED = "/nix-support/propagated-user-env-packages";

  /// Where priorities of propagated packages begin.
  private static final int PROPAGATED_PRIORITY = 1000;

  /// What packages have beside their files, and what all of them have.
  private static final List<String> LEFT_OUT =
      List.of(
          "/propagated-build-inputs",
          "/nix-support",
          "/perllocal.pod",
          "/info/dir",
          "/log",
          "/manifest.nix",
          "/manifest.json");

  private final InputView inputs;
  private final Path out;
  private final Map<Path, Integer> priorities = new HashMap<>();
  private final Set<String> done = new HashSet<>();
  private final SortedSet<String> postponed = new TreeSet<>();

  private record Part(String path, boolean active, int priority) {}

  /// @param out an empty folder
  Profile(InputView inputs, Path out) {
    this.inputs = inputs;
    this.out = out;
  }

  /// Makes the links.
  ///
  /// @param derivations for each package: `true` or `false` for active, its priority, the number of
  ///   its outputs, and each output's path
  void build(String derivations) throws Builtin.Failure, IOException {
    for (Part each : packages(derivations)) {
      if (each.active()) {
        add(each.path(), each.priority());
      }
    }
    int priority = PROPAGATED_PRIORITY;
    while (!postponed.isEmpty()) {
      List<String> next = List.copyOf(postponed);
      postponed.clear();
      for (String path : next) {
        add(path, priority);
        priority++;
      }
    }
  }

  private static List<Part> packages(String derivations) throws Builtin.Failure {
    List<Part> packages = new ArrayList<>();
    var words =
        Arrays.stream(derivations.split("[ \t\n\r]+", -1))
            .filter(word -> !word.isEmpty())
            .iterator();
    try {
      while (words.hasNext()) {
        boolean active = !words.next().equals("false");
        int priority = Integer.parseInt(words.next());
        for (int left = Integer.parseInt(words.next()); left > 0; left--) {
          packages.add(new Part(words.next(), active, priority));
        }
      }
    } catch (NumberFormatException | java.util.NoSuchElementException _) {
      throw new Builtin.Failure("the variable 'derivations' is no list of packages");
    }
    packages.sort(Comparator.comparingInt(Part::priority).thenComparing(Part::path));
    return packages;
  }

  private void add(String path, int priority) throws Builtin.Failure, IOException {
    if (!done.add(path)) {
      return;
    }
    link(path, out, priority);
    Optional<Path> propagated = inputs.follow(path + PROPAGATED).filter(Files::isRegularFile);
    if (propagated.isPresent()) {
      for (String each : Files.readString(propagated.get()).split("[ \n]+", -1)) {
        if (!each.isEmpty() && !done.contains(each)) {
          postponed.add(each);
        }
      }
    }
  }

  private void link(String from, Path to, int priority) throws Builtin.Failure, IOException {
    Optional<Path> folder = inputs.follow(from);
    if (folder.isEmpty()) {
      throw new Builtin.Failure("'" + from + "' is not among the inputs");
    }
    if (!Files.isDirectory(folder.get(), LinkOption.NOFOLLOW_LINKS)) {
      return; // a package that is one file
    }
    List<String> names;
    try (Stream<Path> all = Files.list(folder.get())) {
      names = all.map(each -> each.getFileName().toString()).sorted().toList();
    }
    for (String name : names) {
      String source = from + "/" + name;
      Optional<Path> leadsTo = inputs.follow(source);
      if (name.startsWith(".")
          || leadsTo.isEmpty()
          || LEFT_OUT.stream().anyMatch(source::endsWith)) {
        continue;
      }
      Path place = to.resolve(name);
      if (Files.isDirectory(leadsTo.get())) {
        linkFolder(source, place, priority);
      } else {
        linkFile(source, place, priority);
      }
    }
  }

  private void linkFolder(String source, Path place, int priority)
      throws Builtin.Failure, IOException {
    if (Files.isSymbolicLink(place)) {
      String before = Files.readSymbolicLink(place).toString();
      if (inputs.follow(before).filter(Files::isDirectory).isEmpty()) {
        throw new Builtin.Failure("'%s' is a folder and '%s' is none".formatted(source, before));
      }
      Files.delete(place);
      Files.createDirectory(place);
      link(before, place, priorities.getOrDefault(place, 0));
      link(source, place, priority);
    } else if (Files.isDirectory(place)) {
      link(source, place, priority);
    } else {
      create(source, place, priority);
    }
  }

  private void linkFile(String source, Path place, int priority)
      throws Builtin.Failure, IOException {
    if (Files.isSymbolicLink(place)) {
      int before = priorities.getOrDefault(place, 0);
      if (before == priority) {
        throw new Builtin.Failure(
            "'%s' and '%s' have the same priority %d"
                .formatted(source, Files.readSymbolicLink(place), priority));
      }
      if (before < priority) {
        return;
      }
      Files.delete(place);
    } else if (Files.isDirectory(place)) {
      throw new Builtin.Failure(
          "'%s' is a file, and other packages have a folder".formatted(source));
    }
    create(source, place, priority);
  }

  private void create(String source, Path place, int priority) throws IOException {
    Files.createSymbolicLink(place, Path.of(source));
    priorities.put(place, priority);
  }
}
