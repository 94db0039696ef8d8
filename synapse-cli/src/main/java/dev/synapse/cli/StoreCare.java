package dev.synapse.cli;

import dev.synapse.store.local.DatabaseRebuild;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.Repair;
import dev.synapse.store.local.RepairSource;
import dev.synapse.store.local.StoreDamage;
import dev.synapse.store.local.StoreOptimiser;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The commands below `synapse store` that check a store and mend it, and make it smaller.
final class StoreCare {
  private StoreCare() {}

  /// `synapse store verify`.
  static final class Verify extends Subcommand {
    private final Syntax.Flag checkContents =
        syntax.flag("--check-contents", "Hash every path again.");
    private final Syntax.Flag repair =
        syntax.flag("--repair", "Mend what can be, and forget what is gone and not needed.");
    private final Supplier<List<String>> from =
        syntax.options("--from", "DIR", "With --repair: a store to take whole paths from.");
    private final Syntax.Flag json =
        syntax.flag("--json", "Print an array of objects, one for each problem.");

    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Check that what the store registered is there and unchanged.");
    }

    @Override
    ExitCode run() throws Exception {
      if (!from.get().isEmpty() && !repair.given()) {
        throw CommandException.usage("--from is for --repair");
      }
      try (LocalStore store = synapse.openStore()) {
        if (repair.given()) {
          return repair(store);
        }
        List<StoreDamage> found = store.verify(checkContents.given());
        if (json.given()) {
          Json.print(synapse.out(), found.stream().map(Verify::asJson).toList());
        } else {
          found.forEach(
              damage -> synapse.err().println("error: " + PlainText.of(damage.message())));
        }
        return found.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
      }
    }

    private ExitCode repair(LocalStore store) throws Exception {
      List<LocalStore> others = new ArrayList<>();
      try {
        RepairSource source = RepairSource.none();
        for (String folder : from.get()) {
          Path other = synapse.existing(Path.of(folder));
          if (!Files.isDirectory(other.resolve("nix/store"))) {
            throw CommandException.usage("'%s' is no store".formatted(folder));
          }
          LocalStore opened = LocalStore.open(other);
          others.add(opened);
          source = RepairSource.of(opened).after(source);
        }
        return told(store.repair(checkContents.given(), source));
      } finally {
        for (LocalStore other : others) {
          other.close();
        }
      }
    }

    private ExitCode told(List<Repair> repairs) {
      List<Object> objects = new ArrayList<>();
      boolean whole = true;
      for (Repair each : repairs) {
        String outcome = each.outcome().name().toLowerCase(Locale.ROOT);
        boolean left = each.outcome() == Repair.Outcome.LEFT;
        whole &= !left;
        objects.add(Json.object("problem", asJson(each.damage()), "outcome", outcome));
        if (!json.given()) {
          synapse
              .err()
              .println((left ? "error" : outcome) + ": " + PlainText.of(each.damage().message()));
        }
      }
      if (json.given()) {
        Json.print(synapse.out(), objects);
      }
      return whole ? ExitCode.DONE : ExitCode.REFUSED;
    }

    /// `path`, `expected` and `actual` are null where there is no such thing.
    private static Object asJson(StoreDamage damage) {
      return switch (damage) {
        case StoreDamage.Disappeared(var path, _) -> asJson("disappeared", path, damage);
        case StoreDamage.Unreadable(var path, _) -> asJson("unreadable", path, damage);
        case StoreDamage.ModifiedLink _ -> asJson("modified-link", null, damage);
        case StoreDamage.Database _ -> asJson("database", null, damage);
        case StoreDamage.Modified(var path, var expected, var actual) ->
            asJson("modified", path, damage, asJson(expected), asJson(actual));
      };
    }

    private static Object asJson(String kind, @Nullable StorePath path, StoreDamage damage) {
      return asJson(kind, path, damage, null, null);
    }

    private static Object asJson(
        String kind,
        @Nullable StorePath path,
        StoreDamage damage,
        @Nullable Object expected,
        @Nullable Object actual) {
      return Json.object(
          "path",
          path == null ? null : path.toString(),
          "kind",
          kind,
          "expected",
          expected,
          "actual",
          actual,
          "message",
          damage.message());
    }

    private static Object asJson(NarHash nar) {
      return Json.object("narHash", nar.hash().toSri(), "narSize", nar.size());
    }
  }

  /// `synapse store optimise`.
  static final class Optimise extends Subcommand {
    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Optimise(SynapseCommand synapse) {
      super(synapse, "optimise", "Let equal files of the store share their space.");
    }

    @Override
    ExitCode run() throws Exception {
      try (LocalStore store = synapse.openStore()) {
        StoreOptimiser.Saved saved = store.optimiser().all();
        if (json.given()) {
          Json.print(
              synapse.out(), Json.object("files", saved.files(), "bytesFreed", saved.bytes()));
        } else {
          synapse
              .out()
              .printf(
                  "%d files share their space now, %d bytes freed%n", saved.files(), saved.bytes());
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse store rebuild-db`.
  static final class Rebuild extends Subcommand {
    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Rebuild(SynapseCommand synapse) {
      super(synapse, "rebuild-db", "Make a lost database anew from the files of the store.");
    }

    @Override
    ExitCode run() throws Exception {
      DatabaseRebuild.Rebuilt rebuilt =
          DatabaseRebuild.run(synapse.storeFolder(), Clock.systemUTC());
      if (json.given()) {
        Json.print(
            synapse.out(),
            Json.object(
                "valid",
                rebuilt.valid().stream().map(StorePath::toString).toList(),
                "rejected",
                rebuilt.rejected(),
                "previous",
                rebuilt.previous().map(Path::toString).orElse(null)));
      } else {
        rebuilt
            .rejected()
            .forEach(
                (name, reason) ->
                    synapse
                        .err()
                        .println(
                            PlainText.of(
                                "warning: '%s' is not valid: %s".formatted(name, reason))));
        synapse.out().printf("%d paths are valid%n", rebuilt.valid().size());
        rebuilt
            .previous()
            .ifPresent(before -> synapse.err().println("the database of before is " + before));
      }
      return ExitCode.DONE;
    }
  }
}
