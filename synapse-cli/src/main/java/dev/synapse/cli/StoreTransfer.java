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

  /// `synapse store export`.
  static final class Export extends Subcommand {
    private final Supplier<List<String>> paths = syntax.parameters("PATH", 1, "Store paths.");
    private final Syntax.Flag requisites =
        syntax.flag("--requisites", "With all that they need; else only the given ones.");

    Export(SynapseCommand synapse) {
      super(
          synapse,
          "export",
          "Write store paths to standard output as nix-store --import reads them.");
    }

    @Override
    ExitCode run() throws Exception {
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

  /// `synapse store import`.
  static final class Import extends Subcommand {
    private final Syntax.Flag json = syntax.flag("--json", "Print an array.");

    Import(SynapseCommand synapse) {
      super(
          synapse,
          "import",
          "Add the store paths of a stream on standard input, which is trusted, and print them.");
    }

    @Override
    ExitCode run() throws Exception {
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
