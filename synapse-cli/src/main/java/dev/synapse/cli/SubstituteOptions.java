package dev.synapse.cli;

import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.Web;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.store.cache.BinaryCache;
import dev.synapse.store.cache.BinaryCaches;
import dev.synapse.store.cache.CacheEvent;
import dev.synapse.store.cache.CacheSettings;
import dev.synapse.store.cache.Substituter;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.cache.Trust;
import dev.synapse.store.local.LocalStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The options by which a command that builds first asks binary caches for what it would build.
final class SubstituteOptions {
  /// How many archives are fetched at a time.
  private static final int AT_ONCE = 4;

  private final Supplier<List<String>> substituters;
  private final Supplier<List<String>> trustedKeys;

  /// Adds them to `syntax`.
  SubstituteOptions(Syntax syntax) {
    substituters =
        syntax.options(
            "--substituter",
            "URL",
            "Before building, ask this binary cache: file:///FOLDER, http://HOST/,"
                + " https://HOST/ or s3://BUCKET[/PREFIX].");
    trustedKeys =
        syntax.options(
            "--trusted-key",
            "NAME:KEY",
            "With --substituter: accept what this public key signed. What follows from its contents"
                + " needs none.");
  }

  /// What was given, for as long as the command runs.
  ///
  /// @param caches to close at the end
  record Sources(Substitutes substitutes, List<BinaryCache> caches) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      for (BinaryCache cache : caches) {
        cache.close();
      }
    }
  }

  /// Opens the caches, none of which is asked anything yet. One that fails or lies later is told to
  /// `bus` once and not asked again.
  Sources open(LocalStore store, EventBus bus) throws CommandException, IOException {
    if (substituters.get().isEmpty()) {
      if (!trustedKeys.get().isEmpty()) {
        throw CommandException.usage("--trusted-key is for --substituter");
      }
      return new Sources(Substitutes.NONE, List.of());
    }
    Trust trust = CacheCommand.trust(trustedKeys);
    CacheSettings settings = CacheSettings.DEFAULT;
    var opener = new BinaryCaches(settings, () -> Web.client(Host.current(), settings.connect()));
    List<BinaryCache> caches = new ArrayList<>();
    boolean opened = false;
    try {
      for (String location : substituters.get()) {
        caches.add(opener.open(location));
      }
      opened = true;
    } finally {
      if (!opened) {
        new Sources(Substitutes.NONE, caches).close();
      }
    }
    return new Sources(
        new Substituter(store, caches, trust, AT_ONCE, event -> tell(bus, event)),
        List.copyOf(caches));
  }

  private static void tell(EventBus bus, CacheEvent event) {
    switch (event) {
      case CacheEvent.SetAside(_, var problem) ->
          bus.publish(new BuildEvent.Warning(problem.message() + "; it is not asked again"));
      case CacheEvent.Distrusted(_, var problem) ->
          bus.publish(new BuildEvent.Warning(problem.message()));
      case CacheEvent.Fetched(var cache, var path) ->
          bus.publish(new BuildEvent.Substituted(path.toString(), cache));
      case CacheEvent.Fetching _, CacheEvent.Pushing _, CacheEvent.Pushed _ -> {
        // Fetching ends as one of the others, and nothing is pushed here.
      }
    }
  }
}
