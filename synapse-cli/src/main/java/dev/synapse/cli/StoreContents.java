package dev.synapse.cli;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.NarContents;
import dev.synapse.store.nar.NarNode;
import dev.synapse.store.path.StorePath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The commands below `synapse store` that look into store paths and archives, and the one that
/// adds by a hash of one's choice.
final class StoreContents {
  private static final int BUFFER = 1 << 16;
  private static final String IN_ARCHIVE =
      "Look into this archive instead; PATH is the way down from its top.";

  private StoreContents() {}

  private static CommandException absent(String path) {
    return new CommandException(ExitCode.REFUSED, "'%s' is not there".formatted(path));
  }

  private static InputStream archive(SynapseCommand synapse, String file) throws Exception {
    return new BufferedInputStream(Files.newInputStream(synapse.file(Path.of(file))), BUFFER);
  }

  /// The names in a path inside of an archive.
  private static List<ByteString> names(String path) {
    List<ByteString> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(ByteString.of(name));
      }
    }
    return names;
  }

  /// Where a path in the store lies, which no link on the way leads to.
  private static Path place(SynapseCommand synapse, LocalStore store, String text)
      throws Exception {
    StorePath path = synapse.storePath(text);
    StoreCommand.require(store, path);
    Path place = store.physical(path);
    for (Path name : StoreReference.inside(text, path, synapse.folder())) {
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        throw absent(text);
      }
      place = place.resolve(name);
    }
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw absent(text);
    }
    return place;
  }

  /// `synapse store cat`.
  static final class Cat extends Subcommand {
    private final Supplier<String> path = syntax.parameter("PATH", "The file.");
    private final Supplier<Optional<String>> nar = syntax.option("--nar", "FILE", IN_ARCHIVE);

    Cat(SynapseCommand synapse) {
      super(synapse, "cat", "Write a file inside of a store path to standard output.");
    }

    @Override
    ExitCode run() throws Exception {
      OutputStream out = PlainText.data(synapse.out());
      if (nar.get().isPresent()) {
        try (InputStream archive = archive(synapse, nar.get().get())) {
          NarNode found =
              NarContents.copy(archive, names(path.get()), out)
                  .orElseThrow(() -> absent(path.get()));
          if (!(found instanceof NarNode.File)) {
            throw noFile();
          }
        }
      } else {
        try (LocalStore store = synapse.openStore()) {
          Path place = place(synapse, store, path.get());
          if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
            throw noFile();
          }
          long _ = Files.copy(place, out);
        }
      }
      out.flush();
      return ExitCode.DONE;
    }

    private CommandException noFile() {
      return new CommandException(
          ExitCode.REFUSED, "'%s' is not a regular file".formatted(path.get()));
    }
  }

  /// `synapse store ls`.
  static final class Ls extends Subcommand {
    private final Supplier<String> path = syntax.parameter("PATH", "What to list.");
    private final Supplier<Optional<String>> nar = syntax.option("--nar", "FILE", IN_ARCHIVE);
    private final Syntax.Flag recursive =
        syntax.flag("-R", "--recursive", "With all that is below.");
    private final Syntax.Flag longer =
        syntax.flag("-l", "--long", "With modes, sizes and the targets of links.");
    private final Syntax.Flag directory =
        syntax.flag("-d", "--directory", "The directory itself and not what is in it.");
    private final Syntax.Flag json =
        syntax.flag("--json", "Print an object in the form of Nix's listings.");

    Ls(SynapseCommand synapse) {
      super(synapse, "ls", "List what is inside of a store path, or an archive.");
    }

    @Override
    ExitCode run() throws Exception {
      NarNode node;
      ByteString name;
      if (nar.get().isPresent()) {
        List<ByteString> names = names(path.get());
        name = names.isEmpty() ? ByteString.EMPTY : names.getLast();
        try (InputStream archive = archive(synapse, nar.get().get())) {
          node = NarNode.ofArchive(archive).find(names).orElseThrow(() -> absent(path.get()));
        }
      } else {
        try (LocalStore store = synapse.openStore()) {
          Path place = place(synapse, store, path.get());
          name = ByteString.of(String.valueOf(place.getFileName()));
          node = NarNode.ofTree(place);
        }
      }
      if (json.given()) {
        Json.print(synapse.out(), asJson(node, recursive.given()));
      } else if (node instanceof NarNode.Directory top && !directory.given()) {
        entries(top, ".");
      } else {
        line(node, node instanceof NarNode.Directory ? "." : bytes(name));
      }
      return ExitCode.DONE;
    }

    /// A text with a character for every byte.
    private static String bytes(ByteString text) {
      return new String(text.toByteArray(), StandardCharsets.ISO_8859_1);
    }

    private void entries(NarNode.Directory directory, String above) throws IOException {
      for (Map.Entry<ByteString, NarNode> entry : directory.entries().entrySet()) {
        String shown = above + "/" + bytes(entry.getKey());
        line(entry.getValue(), shown);
        if (recursive.given() && entry.getValue() instanceof NarNode.Directory below) {
          entries(below, shown);
        }
      }
    }

    /// @param shown what to name it, with a character for every byte
    private void line(NarNode node, String shown) throws IOException {
      String line = longer.given() ? longLine(node, shown) : shown;
      PlainText.line(ByteString.of(line.getBytes(StandardCharsets.ISO_8859_1)), synapse.out());
    }

    private static String longLine(NarNode node, String shown) {
      return switch (node) {
        case NarNode.File(var size, var executable, _) ->
            "%s %20d %s".formatted(executable ? "-r-xr-xr-x" : "-r--r--r--", size, shown);
        case NarNode.Link(var target) ->
            "lrwxrwxrwx %20d %s -> %s".formatted(0, shown, bytes(target));
        case NarNode.Directory _ -> "dr-xr-xr-x %20d %s".formatted(0, shown);
      };
    }

    /// The text that these bytes are, where anything else would be another name.
    private static String text(ByteString name) throws CommandException {
      String text = name.utf8();
      if (!ByteString.of(text).equals(name)) {
        throw new CommandException(
            ExitCode.REFUSED,
            "'%s' is not UTF-8, and JSON holds nothing else".formatted(text),
            "leave out --json");
      }
      return text;
    }

    private static Object asJson(NarNode node, boolean deeper) throws CommandException {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      switch (node) {
        case NarNode.File(var size, var executable, var offset) -> {
          object.put("type", "regular");
          object.put("size", size);
          if (executable) {
            object.put("executable", true);
          }
          if (offset.isPresent()) {
            object.put("narOffset", offset.getAsLong());
          }
        }
        case NarNode.Link(var target) -> {
          object.put("type", "symlink");
          object.put("target", text(target));
        }
        case NarNode.Directory(var entries) -> {
          object.put("type", "directory");
          Map<String, @Nullable Object> below = new LinkedHashMap<>();
          for (Map.Entry<ByteString, NarNode> entry : entries.entrySet()) {
            below.put(text(entry.getKey()), deeper ? asJson(entry.getValue(), true) : Map.of());
          }
          object.put("entries", below);
        }
      }
      return object;
    }
  }

  /// `synapse store add-fixed`.
  static final class AddFixed extends Subcommand {
    private final Supplier<String> algorithm =
        syntax.parameter("ALGORITHM", "One of md5, sha1, sha256 and sha512.");
    private final Supplier<List<String>> paths = syntax.parameters("PATH", 1, "What to add.");
    private final Syntax.Flag recursive =
        syntax.flag("--recursive", "By the hash of the archive, so that folders can be added too.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an array of store paths.");

    AddFixed(SynapseCommand synapse) {
      super(
          synapse,
          "add-fixed",
          "Add files by their hash in any algorithm; print their store paths.");
    }

    @Override
    ExitCode run() throws Exception {
      HashAlgorithm chosen =
          HashAlgorithm.ofLabel(algorithm.get())
              .orElseThrow(
                  () ->
                      CommandException.usage(
                          "'%s' is no hash algorithm: use md5, sha1, sha256 or sha512"
                              .formatted(algorithm.get())));
      List<Path> sources = new ArrayList<>();
      for (String path : paths.get()) {
        sources.add(synapse.existing(Path.of(path)));
      }
      List<String> added = new ArrayList<>();
      try (LocalStore store = synapse.openStore()) {
        for (Path source : sources) {
          added.add(add(store, source, chosen).toString());
        }
      }
      if (json.given()) {
        Json.print(synapse.out(), added);
      } else {
        added.forEach(synapse.out()::println);
      }
      return ExitCode.DONE;
    }

    private StorePath add(LocalStore store, Path source, HashAlgorithm chosen) throws IOException {
      return store.addFixed(
          source, String.valueOf(source.getFileName()), recursive.given(), chosen);
    }
  }
}
