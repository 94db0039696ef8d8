package dev.synapse.cli;

import dev.synapse.build.rebuild.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One more build of what is there, to compare with.
///
/// @param engine what runs the builder
/// @param kind what the comparison is to show
record Repeat(EngineOptions.Name engine, RebuildRecord.Kind kind) {
  private static final int DIFFERENCES_SHOWN = 50;

  /// What a repeat showed.
  ///
  /// @param differences by output name, of the outputs that were to be judged
  record Found(Repeat repeat, SortedMap<String, List<Difference>> differences) {
    /// Tells the terminal.
    ///
    /// @param judged names of the outputs that were to be judged; empty for all of them
    void report(Terminal terminal, String packageName, List<String> judged) {
      terminal.line(
          repeat.verdict(packageName, differences.isEmpty())
              + (differences.isEmpty() && !judged.isEmpty()
                  ? " of " + String.join(", ", judged)
                  : ""));
      differences.forEach(
          (output, all) -> {
            all.stream()
                .limit(DIFFERENCES_SHOWN)
                .forEach(difference -> terminal.line("  " + output + ": " + difference.message()));
            if (all.size() > DIFFERENCES_SHOWN) {
              terminal.line("  " + output + ": and " + (all.size() - DIFFERENCES_SHOWN) + " more");
            }
          });
    }

    /// As objects of a larger document.
    List<Object> toJson() {
      List<Object> objects = new ArrayList<>();
      differences.forEach(
          (output, all) ->
              all.forEach(
                  difference ->
                      objects.add(
                          Json.object(
                              "output",
                              output,
                              "engine",
                              repeat.engine().text(),
                              "file",
                              difference.file(),
                              "entry",
                              difference.entry().orElse(null),
                              "differs",
                              difference.aspectNames(),
                              "detail",
                              difference.detail()))));
      return objects;
    }
  }

  /// What is to be built once more.
  ///
  /// @param built whether `engine` has built it just now: a check of both engines takes that for
  ///   its own build, and cannot know of others which engine they come from
  static List<Repeat> of(
      EngineOptions.Name engine, boolean rebuild, boolean crossCheck, boolean built) {
    List<Repeat> repeats = new ArrayList<>();
    if (rebuild) {
      repeats.add(new Repeat(engine, RebuildRecord.Kind.AGAIN));
    }
    if (crossCheck) {
      if (!built && !rebuild) {
        repeats.add(new Repeat(engine, RebuildRecord.Kind.OTHER_ENGINE));
      }
      repeats.add(new Repeat(engine.other(), RebuildRecord.Kind.OTHER_ENGINE));
    }
    return repeats;
  }

  /// Parts what was found into what is to be judged, which is answered, and what is only shown.
  Found judge(SortedMap<String, List<Difference>> found, List<String> judged, Terminal terminal) {
    SortedMap<String, List<Difference>> differences = new TreeMap<>();
    found.forEach(
        (output, all) -> {
          if (judged.isEmpty() || judged.contains(output)) {
            differences.put(output, all);
          } else {
            all.forEach(
                difference ->
                    terminal.line(
                        "differs, and was not to be judged: "
                            + output
                            + ": "
                            + difference.message()));
          }
        });
    return new Found(this, differences);
  }

  /// The outputs that differed in the repeats of one kind.
  static SortedSet<String> differing(List<Found> found, RebuildRecord.Kind kind) {
    SortedSet<String> outputs = new TreeSet<>();
    for (Found each : found) {
      if (each.repeat().kind() == kind) {
        outputs.addAll(each.differences().keySet());
      }
    }
    return outputs;
  }

  /// What a comparison showed, for people.
  String verdict(String packageName, boolean same) {
    return switch (kind) {
      case AGAIN ->
          (same
                  ? "reproducible: a second build of %s made the same bytes"
                  : "not reproducible: a second build of %s differs")
              .formatted(packageName);
      case OTHER_ENGINE ->
          (same
                  ? "cross-checked: the engine '%s' made the same bytes of %s"
                  : "the engines differ: what '%s' made of %s is not the same")
              .formatted(engine.text(), packageName);
    };
  }

  /// What to say before the failure of the repeat itself.
  String failed() {
    return switch (kind) {
      case AGAIN -> "the build succeeded once and failed when it was repeated:";
      case OTHER_ENGINE ->
          "the build succeeded before and failed with the engine '%s':".formatted(engine.text());
    };
  }
}
