package dev.synapse.cli;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.transfer.StoreExport;
import dev.synapse.store.transfer.StoreImport;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/// The commands below `synapse store` that write store paths as one stream, and read such.
final class StoreTransfer {
  private static final int BUFFER = 1 << 16;

  private StoreTransfer() {}

  static final class Export implements Command {
    private final Syntax syntax =
        new Syntax(
            this,
            "export",
            "Write store paths to standard output as nix-store --import reads them.");
    private final SynapseCommand synapse;

    private final Supplier<List<String>> paths = syntax.parameters("PATH", 1, "Store paths.");
    private final Syntax.Flag requisites =
        syntax.flag("--requisites", "With all that they need; else only the given ones.");

    Export(SynapseCommand synapse) {
      this.synapse = synapse;
    }

    @Override
    public Syntax syntax() {
      return syntax;
    }

    @Override
    public ExitCode run() throws Exception {
      try (LocalStore store = synapse.openStore()) {
        Collection<StorePath> wanted = new ArrayList<>();
        for (String path : paths.get()) {
          StorePath given = synapse.storePath(path);
          StoreCommand.require(store, given);
          wanted.add(given);
        }
        if (requisites.given()) {
          wanted = store.closure(wanted);
        }
        OutputStream out = new BufferedOutputStream(synapse.out(), BUFFER);
        StoreExport.write(store, wanted, out);
        out.flush();
      }
      return ExitCode.DONE;
    }
  }

  static final class Import implements Command {
    private final Syntax syntax =
        new Syntax(
            this,
            "import",
            "Add the store paths of a stream on standard input, which is trusted, and print them.");
    private final SynapseCommand synapse;

    private final Syntax.Flag json = syntax.flag("--json", "Print an array.");

    Import(SynapseCommand synapse) {
      this.synapse = synapse;
    }

    @Override
    public Syntax syntax() {
      return syntax;
    }

    @Override
    public ExitCode run() throws Exception {
      List<String> imported = new ArrayList<>();
      try (LocalStore store = synapse.openStore()) {
        StoreImport.read(
            store,
            System.in,
            Clock.systemUTC(),
            path -> {
              imported.add(path.toString());
              if (!json.given()) {
                synapse.out().println(path);
              }
            });
      }
      if (json.given()) {
        Json.print(synapse.out(), imported);
      }
      return ExitCode.DONE;
    }
  }
}
