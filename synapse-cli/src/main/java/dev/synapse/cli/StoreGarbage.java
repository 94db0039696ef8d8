package dev.synapse.cli;

import dev.synapse.store.local.Collected;
import dev.synapse.store.local.CollectionPlan;
import dev.synapse.store.local.GarbageCollector;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreRoot;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The commands below `synapse store` that find what nothing needs, and delete it.
final class StoreGarbage {
  private static final double MEBIBYTE = 1 << 20;
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([KMGT]?)");
  private static final String UNITS = "KMGT";
  private static final int BITS_PER_UNIT = 10; // each is 1024 of the one before

  private StoreGarbage() {}

  private static String logical(String name) {
    return StoreDirectory.NIX + "/" + name;
  }

  private static Object asJson(StoreRoot root) {
    return Json.object(
        "place",
        root.place(),
        "kind",
        root.kind().name().toLowerCase(Locale.ROOT),
        "path",
        root.path().toString());
  }

  private static String size(long bytes) {
    return "%.2f MiB".formatted(bytes / MEBIBYTE);
  }

  private static String paths(int count) {
    return count == 1 ? "1 path" : count + " paths";
  }

  private static GarbageCollector collector(SynapseCommand synapse, LocalStore store) {
    return store
        .collector()
        .onWait(() -> synapse.err().println("waiting for another collection to end"))
        .onWarning(text -> synapse.err().println("warning: " + PlainText.of(text)));
  }

  private static void print(SynapseCommand synapse, Collected collected, boolean json)
      throws IOException {
    List<String> deleted = collected.deleted().stream().map(StoreGarbage::logical).toList();
    if (json) {
      Json.print(synapse.out(), Json.object("deleted", deleted, "bytesFreed", collected.bytes()));
    } else {
      Writer out = synapse.lines();
      for (String path : deleted) {
        out.append(path).append('\n');
      }
      out.flush();
      synapse
          .err()
          .printf("%s deleted, %s freed%n", paths(deleted.size()), size(collected.bytes()));
    }
  }

  /// `synapse store gc`.
  static final class Gc extends Subcommand {
    private final Syntax.Flag dryRun =
        syntax.flag("--dry-run", "Only say what would go, and what keeps the rest.");
    private final Supplier<Optional<String>> maxFreed =
        syntax.option(
            "--max-freed", "BYTES", "Stop when more than that is free; K, M, G and T may follow.");
    private final Syntax.Flag keepOutputs =
        syntax.flag("--keep-outputs", "Keep also what a derivation that is kept has built.");
    private final Syntax.Flag dropDerivations =
        syntax.flag("--drop-derivations", "Do not keep the derivations that built what is kept.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Gc(SynapseCommand synapse) {
      super(synapse, "gc", "Delete what no root needs, and print it. Safe beside builds.");
    }

    @Override
    ExitCode run() throws Exception {
      long limit = limit();
      try (LocalStore store = synapse.openStore()) {
        GarbageCollector collector =
            collector(synapse, store).keeping(!dropDerivations.given(), keepOutputs.given());
        if (dryRun.given()) {
          print(collector.plan());
        } else {
          StoreGarbage.print(synapse, collector.collect(limit), json.given());
          forgetAnalyses(store);
        }
      }
      return ExitCode.DONE;
    }

    /// What was found in sources goes with them.
    private static void forgetAnalyses(LocalStore store) throws IOException {
      Set<String> there =
          store.allValid().stream().map(StorePath::digest).collect(Collectors.toSet());
      PackageGate.cache(store).prune(there::contains);
    }

    private long limit() throws CommandException {
      if (maxFreed.get().isEmpty()) {
        return Long.MAX_VALUE;
      }
      if (dryRun.given()) {
        throw CommandException.usage("--dry-run tells all that would go: leave out --max-freed");
      }
      Matcher matcher = SIZE.matcher(maxFreed.get().get());
      if (!matcher.matches()) {
        throw CommandException.usage(
            "--max-freed takes a number of bytes such as 500M, not '%s'"
                .formatted(maxFreed.get().get()));
      }
      String unit = matcher.group(2);
      int shift = unit.isEmpty() ? 0 : BITS_PER_UNIT * (UNITS.indexOf(unit) + 1);
      long number = Long.parseLong(matcher.group(1));
      return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    private void print(CollectionPlan plan) throws IOException {
      if (json.given()) {
        List<Object> dead = new ArrayList<>();
        for (CollectionPlan.Dead each : plan.dead()) {
          dead.add(
              Json.object(
                  "path",
                  logical(each.name()),
                  "valid",
                  each.path().isPresent(),
                  "bytes",
                  each.bytes()));
        }
        List<Object> kept = new ArrayList<>();
        for (CollectionPlan.Kept each : plan.kept()) {
          kept.add(
              Json.object(
                  "path",
                  each.path().toString(),
                  "root",
                  asJson(each.root()),
                  "through",
                  each.through().map(StorePath::toString).orElse(null)));
        }
        Json.print(synapse.out(), Json.object("dead", dead, "kept", kept, "bytes", plan.bytes()));
        return;
      }
      Writer out = synapse.lines();
      for (CollectionPlan.Dead each : plan.dead()) {
        out.append("dead ").append(logical(each.name()));
        out.append(": ").append(Long.toString(each.bytes())).append(" bytes\n");
      }
      for (CollectionPlan.Kept each : plan.kept()) {
        String through = each.through().map(path -> " through " + path).orElse("");
        out.append("kept ").append(each.path().toString());
        out.append(": by ").append(each.root().place()).append(through).append('\n');
      }
      out.flush();
      synapse
          .err()
          .printf(
              "%s would be deleted, %s freed; %s kept%n",
              paths(plan.dead().size()), size(plan.bytes()), paths(plan.kept().size()));
    }
  }

  /// `synapse store roots`.
  static final class Roots extends Subcommand {
    private final Supplier<List<String>> paths =
        syntax.parameters("PATH", 0, "Only what keeps these, directly or through others.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an array of objects.");

    Roots(SynapseCommand synapse) {
      super(synapse, "roots", "Print what keeps store paths, or the given ones, from gc.");
    }

    @Override
    ExitCode run() throws Exception {
      try (LocalStore store = synapse.openStore()) {
        SortedSet<StoreRoot> roots = new TreeSet<>();
        if (paths.get().isEmpty()) {
          roots.addAll(store.collector().roots());
        }
        for (String path : paths.get()) {
          roots.addAll(store.collector().rootsOf(synapse.storePath(path)));
        }
        if (json.given()) {
          Json.print(synapse.out(), roots.stream().map(StoreGarbage::asJson).toList());
        } else {
          for (StoreRoot root : roots) {
            PlainText.line(root.toString(), synapse.out());
          }
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse store delete`.
  static final class Delete extends Subcommand {
    private final Supplier<List<String>> paths = syntax.parameters("PATH", 1, "Store paths.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Delete(SynapseCommand synapse) {
      super(synapse, "delete", "Delete these store paths, if nothing needs one of them.");
    }

    @Override
    ExitCode run() throws Exception {
      try (LocalStore store = synapse.openStore()) {
        List<StorePath> doomed = new ArrayList<>();
        for (String path : paths.get()) {
          doomed.add(synapse.storePath(path));
        }
        print(synapse, collector(synapse, store).delete(doomed), json.given());
      }
      return ExitCode.DONE;
    }
  }
}
