package dev.synapse.cli;

import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.debian.OwnBubblewrap;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.realise.Realiser;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.local.LocalStore;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What commands that build work with: the store, and, made when first needed, downloads and the
/// sandbox.
final class Workshop implements AutoCloseable {
  private final SynapseCommand synapse;
  private final LocalStore store;
  private final EventBus bus;
  private @Nullable Downloader downloader;
  private @Nullable DebianToolchain debian;
  private @Nullable InputStore inputs;
  private @Nullable SandboxRunner runner;

  Workshop(SynapseCommand synapse, LocalStore store, EventBus bus) {
    this.synapse = synapse;
    this.store = store;
    this.bus = bus;
  }

  LocalStore store() {
    return store;
  }

  Downloader downloader() throws Exception {
    Downloader made = downloader;
    if (made == null) {
      Host host = Host.current();
      made = new Downloader(repositories(), host, bus);
      downloader = made;
    }
    return made;
  }

  private Repositories repositories() throws Exception {
    return Repositories.find(synapse.repositories(), Host.current());
  }

  DebianToolchain debian() throws Exception {
    DebianToolchain made = debian;
    if (made == null) {
      made = new DebianToolchain(repositories(), downloader(), records().resolve("downloads"));
      debian = made;
    }
    return made;
  }

  InputStore inputs() throws Exception {
    InputStore made = inputs;
    if (made == null) {
      made = new InputStore(store, downloader(), debian(), bus, records());
      inputs = made;
    }
    return made;
  }

  /// The folder of Synapse's own records in the store.
  private Path records() throws CommandException {
    return synapse.storeFolder().resolve("synapse");
  }

  /// The root of Synapse's own bubblewrap, fetched if it is not there.
  Path ownBubblewrap() throws Exception {
    return store.physical(
        inputs().newToolchain("bubblewrap", OwnBubblewrap.debs(), new TreeMap<>()).path());
  }

  /// Looks for a sandbox, the first time.
  Realisers realisers() throws Exception {
    SandboxRunner found = runner;
    if (found == null) {
      found = Sandboxes.runner(synapse, this);
      runner = found;
    }
    SandboxRunner used = found;
    return settings -> new Realiser(store, used, bus, settings);
  }

  @Override
  public void close() {
    SandboxRunner made = runner;
    if (made != null) {
      made.close();
    }
  }
}
