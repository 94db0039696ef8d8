package dev.synapse.cli;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The commands below `synapse store`: look into the store, and put things there.
final class StoreCommand {
  private static final int BUFFER = 1 << 16;

  private StoreCommand() {}

  static void require(LocalStore store, StorePath path) throws Exception {
    if (!store.isValid(path)) {
      throw new CommandException(ExitCode.REFUSED, "'%s' is not in the store".formatted(path));
    }
  }

  /// `synapse store add`.
  static final class Add extends Subcommand {
    private final Supplier<String> path = syntax.parameter("PATH", "What to add.");

    private final Supplier<Optional<String>> name =
        syntax.option("--name", "NAME", "Its name (default: as it is).");

    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Add(SynapseCommand synapse) {
      super(synapse, "add", "Copy a file or folder into the store and print its store path.");
    }

    @Override
    ExitCode run() throws Exception {
      Path source = synapse.existing(Path.of(path.get()));
      String wanted = name.get().orElseGet(() -> String.valueOf(source.getFileName()));
      if (!StorePath.isName(wanted)) {
        throw new CommandException(
            ExitCode.USAGE,
            "'%s' is no name for a store object".formatted(wanted),
            "give one with --name: letters, digits and + - . _ ? =, at most 211");
      }
      try (LocalStore store = synapse.openStore()) {
        StorePath added = store.addTree(source, wanted);
        if (json.given()) {
          Json.print(synapse.out(), Json.object("path", added.toString()));
        } else {
          synapse.out().println(added);
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse store dump`.
  static final class Dump extends Subcommand {
    private final Supplier<String> path = syntax.parameter("PATH", "What to archive.");

    Dump(SynapseCommand synapse) {
      super(synapse, "dump", "Write the archive (NAR) of a file or folder to standard output.");
    }

    @Override
    ExitCode run() throws Exception {
      OutputStream out = new BufferedOutputStream(synapse.out(), BUFFER);
      Nar.write(synapse.existing(Path.of(path.get())), out);
      out.flush();
      return ExitCode.DONE;
    }
  }

  /// `synapse store restore`.
  static final class Restore extends Subcommand {
    private final Supplier<String> destination =
        syntax.parameter("DEST", "What to make; must not exist.");

    Restore(SynapseCommand synapse) {
      super(synapse, "restore", "Make a file or folder of the archive (NAR) on standard input.");
    }

    @Override
    ExitCode run() throws Exception {
      Path target = synapse.folder().resolve(destination.get());
      if (Files.exists(target, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        throw CommandException.usage("'%s' is there already".formatted(destination.get()));
      }
      Path folder = target.normalize().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        throw CommandException.usage(
            "'%s' cannot be made: there is no folder '%s'".formatted(destination.get(), folder));
      }
      try {
        Nar.restoreWhole(System.in, target);
      } catch (IOException e) {
        throw StoreException.naming(e, target);
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse store hash`.
  static final class HashPath extends Subcommand {
    private final Supplier<String> path = syntax.parameter("PATH", "What to hash.");

    private final Syntax.Choice form = syntax.atMostOne();
    private final Syntax.Flag base32 =
        form.flag("--base32", "In Nix's base 32, without algorithm.");
    private final Syntax.Flag hex = form.flag("--hex", "In hexadecimal, without algorithm.");

    private final Syntax.Flag json = syntax.flag("--json", "Print an object with hash and size.");

    HashPath(SynapseCommand synapse) {
      super(synapse, "hash", "Print the hash of a file's or folder's archive.");
    }

    @Override
    ExitCode run() throws Exception {
      NarHash hash = Nar.hash(synapse.existing(Path.of(path.get())));
      if (json.given()) {
        Json.print(
            synapse.out(), Json.object("narHash", hash.hash().toSri(), "narSize", hash.size()));
      } else if (base32.given()) {
        synapse.out().println(hash.hash().toNix32());
      } else if (hex.given()) {
        synapse.out().println(hash.hash().toHex());
      } else {
        synapse.out().println(hash.hash().toSri());
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse store path-info`.
  static final class ShowInfo extends Subcommand {
    private final Supplier<List<String>> paths = syntax.parameters("PATH", 0, "Store paths.");

    private final Syntax.Flag all = syntax.flag("--all", "Every valid path.");

    private final Syntax.Flag json = syntax.flag("--json", "Print an array of objects.");

    ShowInfo(SynapseCommand synapse) {
      super(synapse, "path-info", "Tell what the store knows of valid paths.");
    }

    @Override
    ExitCode run() throws Exception {
      try (LocalStore store = synapse.openStore()) {
        Collection<StorePath> wanted = new ArrayList<>();
        if (all.given()) {
          wanted.addAll(store.allValid());
        }
        for (String path : paths.get()) {
          StorePath asked = synapse.storePath(path);
          require(store, asked);
          wanted.add(asked);
        }
        if (wanted.isEmpty() && !all.given()) {
          throw CommandException.usage("no store path given; give some, or --all");
        }
        if (!json.given()) {
          Writer out = synapse.lines();
          for (StorePath path : wanted) {
            out.append(path.toString()).append('\n');
          }
          out.flush();
          return ExitCode.DONE;
        }
        List<Object> found = new ArrayList<>();
        for (StorePath path : wanted) {
          found.add(asJson(store.find(path).orElseThrow()));
        }
        Json.print(synapse.out(), found);
      }
      return ExitCode.DONE;
    }

    private static Object asJson(PathInfo info) {
      return Json.object(
          "path",
          info.path().toString(),
          "narHash",
          info.nar().hash().toSri(),
          "narSize",
          info.nar().size(),
          "references",
          info.references().stream().map(StorePath::toString).toList(),
          "deriver",
          info.deriver().map(StorePath::toString).orElse(null),
          "registrationTime",
          info.registrationTime(),
          "ultimate",
          info.ultimate(),
          "signatures",
          info.signatures(),
          "ca",
          info.contentAddress().map(Object::toString).orElse(null));
    }
  }
}
