package dev.synapse.build.nix;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.transfer.StoreExport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Programs with the names of Nix's that do what a test tells them: what is done with their answers
/// is so tested also where no Nix is.
///
/// Every call is noted. `nix copy` does nothing; `nix-store` calls outputs valid if the file
/// `valid` is there, runs the shell text of the file `build`, and sends the file `export`.
final class FakeNix {
  private static final String SCRIPT =
      """
      #!/bin/bash
      here=${BASH_SOURCE[0]%/*}/..
      printf '%s\\n' "${BASH_SOURCE[0]##*/} $*" >>"$here/calls"
      case " $* " in
        *' --check-validity '*) [ -e "$here/valid" ] || echo /nix/store/missing ;;
        *' --realise '*) . "$here/build" ;;
        *' --export '*) . "$here/send" ;;
        *' copy '*) . "$here/copy" ;;
        *) exit 99 ;;
      esac
      """;

  private final Path folder;

  /// @param folder an empty one
  FakeNix(Path folder) throws IOException {
    this.folder = folder;
    Path programs = Files.createDirectories(folder.resolve("bin"));
    for (String name : List.of("nix", "nix-store")) {
      Path program = Files.writeString(programs.resolve(name), SCRIPT);
      if (!program.toFile().setExecutable(true)) {
        throw new IOException("cannot make '%s' executable".formatted(program));
      }
    }
    Files.writeString(folder.resolve("copy"), "");
    Files.writeString(folder.resolve("build"), "");
    Files.writeString(folder.resolve("send"), "cat \"$here/export\"");
  }

  Map<String, String> environment() {
    return Map.of("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
  }

  NixPrograms programs() throws NixException {
    return NixPrograms.find(environment());
  }

  /// What one of its steps does: `copy`, `build` or `send`.
  FakeNix on(String step, String script) throws IOException {
    Files.writeString(folder.resolve(step), script);
    return this;
  }

  /// The outputs are valid there already.
  FakeNix knows() throws IOException {
    Files.writeString(folder.resolve("valid"), "");
    return this;
  }

  /// What it sends are these paths of a store.
  FakeNix sends(LocalStore store, Collection<StorePath> paths) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("export"))) {
      StoreExport.write(store, paths, out);
    }
    return this;
  }

  Path folder() {
    return folder;
  }

  List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }
}
