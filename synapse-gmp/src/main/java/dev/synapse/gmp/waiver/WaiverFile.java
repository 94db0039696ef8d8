package dev.synapse.gmp.waiver;

import dev.synapse.build.document.Node;
import dev.synapse.build.document.Problems;
import dev.synapse.build.document.Section;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Scope;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns the tables of `waivers.toml` into waivers, and notes every violation.
/// `schemas/gate-waivers-v1.json` says the same; a test holds the two together.
final class WaiverFile {
  private static final int VERSION = 1;
  private static final String ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,49}";
  private static final String FINGERPRINT = "[0-9a-f]{16}";

  private final Section root;
  private final Set<String> ids = new HashSet<>();

  WaiverFile(Problems problems, Node.Table content) {
    root = Section.root(problems, content);
  }

  List<Waiver> read() {
    if (!root.has("version")) {
      root.noteMissing("version", "1");
    }
    root.whole("version", VERSION, VERSION);
    List<Waiver> waivers = new ArrayList<>();
    for (Section section : root.sections("waivers")) {
      waiver(section).ifPresent(waivers::add);
    }
    root.finish();
    return waivers;
  }

  private Optional<Waiver> waiver(Section section) {
    Optional<String> id =
        section.neededText(
            "id",
            "a name of letters, digits and . _ -",
            text -> text.matches(ID) ? Optional.of(text) : Optional.empty());
    if (id.isPresent() && !ids.add(id.get())) {
      section.note("id", "another waiver has this name");
    }
    Optional<Waiver.Target> target = target(section);
    Optional<Waiver.Grounds> grounds = grounds(section);
    Optional<LocalDate> expires = day(section);
    section.finish();
    if (id.isEmpty() || target.isEmpty() || grounds.isEmpty() || expires.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Waiver(id.get(), target.get(), grounds.get(), expires.get()));
  }

  private static Optional<Waiver.Target> target(Section section) {
    Optional<Metric> metric = section.text("limit", "the name of a metric", Metric::named);
    Optional<String> finding =
        section.text(
            "finding",
            "the fingerprint of a finding, 16 hexadecimal digits",
            text -> text.matches(FINGERPRINT) ? Optional.of(text) : Optional.empty());
    if (section.has("limit") == section.has("finding")) {
      section.note("expected either 'limit' or 'finding'");
      return Optional.empty();
    }
    if (section.has("finding") && (section.has("scope") || section.has("module"))) {
      section.note("a finding has neither scope nor module");
    }
    if (section.has("finding")) {
      return finding.map(Waiver.Target.OfFinding::new);
    }
    Scope scope =
        section
            .text("scope", "a scope of that limit", text -> scope(metric, text))
            .orElse(Scope.PROJECT);
    String module = section.text("module", "the name of a module", WaiverFile::some).orElse("");
    return metric.map(each -> new Waiver.Target.OfLimit(each, scope, module));
  }

  private static Optional<Scope> scope(Optional<Metric> metric, String text) {
    return Scope.named(text).filter(scope -> metric.map(each -> each.allows(scope)).orElse(true));
  }

  private static Optional<Waiver.Grounds> grounds(Section section) {
    String person = "who, as the allowed signers name them";
    Optional<String> reason = section.neededText("reason", "why", WaiverFile::some);
    Optional<String> risk = section.neededText("risk", "what may come of it", WaiverFile::some);
    Optional<String> requested = section.neededText("requested-by", person, WaiverFile::some);
    Optional<String> approved = section.neededText("approved-by", person, WaiverFile::some);
    if (requested.isPresent() && approved.isPresent()) {
      if (requested.get().equalsIgnoreCase(approved.get())) {
        section.note("approved-by", "nobody approves a request of their own");
        return Optional.empty();
      }
      if (reason.isPresent() && risk.isPresent()) {
        return Optional.of(
            new Waiver.Grounds(reason.get(), risk.get(), requested.get(), approved.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> some(String text) {
    return text.isBlank() ? Optional.empty() : Optional.of(text);
  }

  /// A date of TOML, or one in quotes.
  private static Optional<LocalDate> day(Section section) {
    Optional<Node> node = section.find("expires");
    if (node.isEmpty()) {
      section.noteMissing("expires", "the last day, 2026-12-31");
      return Optional.empty();
    }
    Optional<LocalDate> day =
        switch (node.get()) {
          case Node.Text(_, var text) -> parsed(text);
          case Node.Other(_, var shown) -> parsed(shown);
          case Node.Whole _, Node.Truth _, Node.Table _, Node.Array _ -> Optional.empty();
        };
    if (day.isEmpty()) {
      section.note("expires", "expected a day, 2026-12-31, found " + node.get().shown());
    }
    return day;
  }

  private static Optional<LocalDate> parsed(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
