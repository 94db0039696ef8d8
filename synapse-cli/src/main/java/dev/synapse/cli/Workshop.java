package dev.synapse.cli;

import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.debian.OwnBubblewrap;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.realise.Engine;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.local.LocalStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What commands that build work with: the store, and, made when first needed, downloads and the
/// sandbox.
final class Workshop implements AutoCloseable, InputStore.Tools {
  private final SynapseCommand synapse;
  private final LocalStore store;
  private final EventBus bus;
  private Substitutes substitutes = Substitutes.NONE;
  private @Nullable Downloader downloader;
  private @Nullable DebianToolchain debian;
  private @Nullable InputStore inputs;
  private @Nullable SandboxRunner runner;

  Workshop(SynapseCommand synapse, LocalStore store, EventBus bus) {
    this.synapse = synapse;
    this.store = store;
    this.bus = bus;
  }

  /// From now on toolchains and inputs are asked for here before they are made.
  void fetchInputsFrom(Substitutes source) {
    substitutes = source;
  }

  LocalStore store() {
    return store;
  }

  @Override
  public Downloader downloader() throws IOException {
    Downloader made = downloader;
    if (made == null) {
      Host host = Host.current();
      made = new Downloader(repositories(), host, bus);
      downloader = made;
    }
    return made;
  }

  private Repositories repositories() throws IOException {
    return Repositories.find(synapse.repositories(), Host.current());
  }

  @Override
  public DebianToolchain debian() throws IOException {
    DebianToolchain made = debian;
    if (made == null) {
      made =
          new DebianToolchain(
              repositories(), downloader(), store.root().resolve("synapse/downloads"));
      debian = made;
    }
    return made;
  }

  InputStore inputs() {
    InputStore made = inputs;
    if (made == null) {
      made =
          new InputStore(store, this, bus, store.root().resolve("synapse"))
              .withSubstitutes(substitutes);
      inputs = made;
    }
    return made;
  }

  /// The root of Synapse's own bubblewrap, fetched if it is not there.
  Path ownBubblewrap() throws Exception {
    return store.physical(
        inputs().newToolchain("bubblewrap", OwnBubblewrap.debs(), new TreeMap<>()).path());
  }

  /// Looks for a sandbox, the first time.
  Realisers realisers() throws Exception {
    SandboxRunner used = sandboxes();
    return settings -> new Realiser(store, used, bus, settings).withDownloads(this::downloader);
  }

  /// Runs builders by another engine, and looks for no sandbox.
  Realiser realiser(Engine engine, RealiseSettings settings) {
    return new Realiser(store, engine, bus, settings).withDownloads(this::downloader);
  }

  /// Looks for a sandbox, the first time.
  SandboxRunner sandboxes() throws Exception {
    SandboxRunner found = runner;
    if (found == null) {
      found = Sandboxes.runner(synapse, this);
      runner = found;
    }
    return found;
  }

  EventBus bus() {
    return bus;
  }

  @Override
  public void close() {
    SandboxRunner made = runner;
    if (made != null) {
      made.close();
    }
  }
}
