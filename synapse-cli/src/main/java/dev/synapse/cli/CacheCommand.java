package dev.synapse.cli;

import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.Web;
import dev.synapse.store.cache.BinaryCache;
import dev.synapse.store.cache.BinaryCaches;
import dev.synapse.store.cache.CacheEvent;
import dev.synapse.store.cache.CacheException;
import dev.synapse.store.cache.CacheProblem;
import dev.synapse.store.cache.CachePush;
import dev.synapse.store.cache.CacheServer;
import dev.synapse.store.cache.CacheSettings;
import dev.synapse.store.cache.CacheUpkeep;
import dev.synapse.store.cache.Compression;
import dev.synapse.store.cache.Substituter;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.cache.Trust;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.KeyException;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import dev.synapse.store.signature.VerificationKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `synapse cache`: work with binary caches.
final class CacheCommand {
  private static final String CACHE =
      "Where the cache is: file:///FOLDER, http://HOST/, https://HOST/ or s3://BUCKET[/PREFIX].";

  private CacheCommand() {}

  /// What a failing cache means: the call was wrong, the work was refused, or the environment lacks
  /// something.
  static ExitCode blame(CacheProblem problem) {
    return switch (problem) {
      case CacheProblem.BadLocation _, CacheProblem.NoListing _ -> ExitCode.USAGE;
      case CacheProblem.Unreachable _,
          CacheProblem.Stalled _,
          CacheProblem.BadStatus _,
          CacheProblem.RedirectLoop _,
          CacheProblem.Forbidden _,
          CacheProblem.Denied _,
          CacheProblem.NotACache _ ->
          ExitCode.ENVIRONMENT;
      case CacheProblem.BadNarInfo _,
          CacheProblem.OtherPath _,
          CacheProblem.NoNar _,
          CacheProblem.BadNar _,
          CacheProblem.TooLong _,
          CacheProblem.WrongNar _,
          CacheProblem.WrongContents _,
          CacheProblem.UnknownCompression _,
          CacheProblem.Untrusted _,
          CacheProblem.BadSignature _,
          CacheProblem.NotFound _,
          CacheProblem.MissingReference _,
          CacheProblem.Damaged _ ->
          ExitCode.REFUSED;
    };
  }

  private static BinaryCache open(
      SynapseCommand synapse, String location, Supplier<Optional<String>> tokenFile)
      throws Exception {
    Optional<String> token = token(synapse, tokenFile);
    CacheSettings settings =
        token.isPresent() ? CacheSettings.DEFAULT.withToken(token.get()) : CacheSettings.DEFAULT;
    return new BinaryCaches(settings, () -> Web.client(Host.current(), settings.connect()))
        .open(location);
  }

  private static Optional<String> token(
      SynapseCommand synapse, Supplier<Optional<String>> tokenFile) throws Exception {
    if (tokenFile.get().isEmpty()) {
      return Optional.empty();
    }
    String token = text(synapse, tokenFile.get().get());
    if (token.isEmpty()) {
      throw CommandException.usage("'%s' holds no token".formatted(tokenFile.get().get()));
    }
    return Optional.of(token);
  }

  private static String text(SynapseCommand synapse, String file) throws Exception {
    return Files.readString(synapse.file(Path.of(file))).strip();
  }

  private static List<SigningKey> keys(SynapseCommand synapse, Supplier<List<String>> files)
      throws Exception {
    List<SigningKey> keys = new ArrayList<>();
    for (String file : files.get()) {
      try {
        keys.add(SigningKey.parse(text(synapse, file)));
      } catch (KeyException e) {
        throw CommandException.usage("'%s': %s".formatted(file, e.problem().message()));
      }
    }
    return keys;
  }

  /// Trusts the keys that were given with `--trusted-key`.
  static Trust trust(Supplier<List<String>> given) throws CommandException {
    List<VerificationKey> keys = new ArrayList<>();
    for (String key : given.get()) {
      try {
        keys.add(VerificationKey.parse(key));
      } catch (KeyException e) {
        throw CommandException.usage("--trusted-key: " + e.problem().message());
      }
    }
    return new Trust(new TrustedKeys(keys));
  }

  private static Compression compression(Supplier<Optional<String>> given) throws CommandException {
    String label = given.get().orElse(Compression.ZSTD.label());
    return Compression.ofLabel(label)
        .orElseThrow(
            () ->
                CommandException.usage(
                    "--compression takes %s, not '%s'"
                        .formatted(
                            String.join(
                                ", ",
                                EnumSet.allOf(Compression.class).stream()
                                    .map(Compression::label)
                                    .toList()),
                            label)));
  }

  private static OptionalInt level(Compression compression, Supplier<Optional<String>> given)
      throws CommandException {
    if (given.get().isEmpty()) {
      return OptionalInt.empty();
    }
    int level = number("--compression-level", given, 0);
    if (level > compression.highestLevel()) {
      throw CommandException.usage(
          compression == Compression.NONE
              ? "--compression-level: none has no levels"
              : "--compression-level of %s goes from 1 to %d, not to %d"
                  .formatted(compression.label(), compression.highestLevel(), level));
    }
    return OptionalInt.of(level);
  }

  private static int number(String option, Supplier<Optional<String>> given, int otherwise)
      throws CommandException {
    if (given.get().isEmpty()) {
      return otherwise;
    }
    String text = given.get().get();
    if (!text.matches("[1-9]\\d{0,5}")) {
      throw CommandException.usage("%s takes a number above 0, not '%s'".formatted(option, text));
    }
    return Integer.parseInt(text);
  }

  private static SortedSet<StorePath> paths(SynapseCommand synapse, Collection<String> given)
      throws Exception {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String each : given) {
      paths.add(synapse.storePath(each));
    }
    return paths;
  }

  private static List<String> texts(Collection<StorePath> paths) {
    return paths.stream().map(StorePath::toString).toList();
  }

  /// Says on the error stream what is not the result.
  private static Consumer<CacheEvent> shown(SynapseCommand synapse) {
    return event -> {
      switch (event) {
        case CacheEvent.SetAside(_, var problem) ->
            synapse.err().println("warning: " + problem.message());
        case CacheEvent.Distrusted _, CacheEvent.Fetching _, CacheEvent.Pushing _ -> {
          // The end says the first, and each of the others has its own end.
        }
        case CacheEvent.Fetched(_, var path) -> synapse.err().println("fetched " + path);
        case CacheEvent.Pushed(_, var path, var size) ->
            synapse.err().println("pushed %s (%d bytes)".formatted(path, size));
      }
    };
  }

  /// `synapse cache push`.
  static final class Push extends Subcommand {
    private final Supplier<String> cache = syntax.parameter("CACHE", CACHE);
    private final Supplier<List<String>> given = syntax.parameters("PATH", 1, "Store paths.");
    private final Supplier<List<String>> keyFiles =
        syntax.options("--key-file", "FILE", "Sign what is pushed with this secret key.");
    private final Supplier<Optional<String>> method =
        syntax.option("--compression", "METHOD", "zstd (default), xz or none.");
    private final Supplier<Optional<String>> level =
        syntax.option(
            "--compression-level",
            "NUMBER",
            "zstd 1 to 19 (default: 1 for a folder, else 3), xz 1 to 9 (default: 6).");
    private final Supplier<Optional<String>> jobs =
        syntax.option("--jobs", "NUMBER", "How many paths at a time (default: processors).");
    private final Supplier<Optional<String>> tokenFile =
        syntax.option("--token-file", "FILE", "What allows uploads to a server.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object with what was done.");

    Push(SynapseCommand synapse) {
      super(
          synapse,
          "push",
          "Copy store paths, and all they refer to, into a cache that lacks them.");
    }

    @Override
    ExitCode run() throws Exception {
      SortedSet<StorePath> paths = paths(synapse, given.get());
      int processors = Runtime.getRuntime().availableProcessors();
      Compression compression = compression(method);
      CachePush.Options options =
          new CachePush.Options(
              compression,
              level(compression, level),
              keys(synapse, keyFiles),
              number("--jobs", jobs, processors),
              processors);
      try (BinaryCache opened = open(synapse, cache.get(), tokenFile);
          LocalStore store = synapse.openStore()) {
        BatchRecording.requireReleased(synapse.storeFolder(), store.closure(paths));
        Consumer<CacheEvent> events = json.given() ? _ -> {} : shown(synapse);
        CachePush.Pushed pushed = new CachePush(store, opened, options, events).push(paths);
        if (json.given()) {
          Json.print(
              synapse.out(),
              Json.object(
                  "cache",
                  cache.get(),
                  "pushed",
                  texts(pushed.pushed()),
                  "present",
                  texts(pushed.present()),
                  "narSize",
                  pushed.narSize(),
                  "fileSize",
                  pushed.fileSize()));
        } else {
          synapse
              .err()
              .println(
                  "%d pushed, %d were there already"
                      .formatted(pushed.pushed().size(), pushed.present().size()));
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse cache pull`.
  static final class Pull extends Subcommand {
    private static final int DEFAULT_JOBS = 4;

    private final Supplier<String> cache = syntax.parameter("CACHE", CACHE);
    private final Supplier<List<String>> given = syntax.parameters("PATH", 1, "Store paths.");
    private final Supplier<List<String>> trusted =
        syntax.options(
            "--trusted-key",
            "NAME:KEY",
            "Accept what this public key signed. What follows from its contents needs none.");
    private final Supplier<Optional<String>> jobs =
        syntax.option("--jobs", "NUMBER", "How many paths at a time (default: 4).");
    private final Supplier<Optional<String>> tokenFile =
        syntax.option("--token-file", "FILE", "What allows access to a server.");
    private final Syntax.Flag dryRun = syntax.flag("--dry-run", "Only say what would be fetched.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object with what was done.");

    Pull(SynapseCommand synapse) {
      super(
          synapse,
          "pull",
          "Fetch store paths, and all they refer to, from a cache into the store.");
    }

    @Override
    ExitCode run() throws Exception {
      SortedSet<StorePath> paths = paths(synapse, given.get());
      Trust trust = trust(trusted);
      int atOnce = number("--jobs", jobs, DEFAULT_JOBS);
      List<CacheProblem> setAside = new ArrayList<>();
      try (BinaryCache opened = open(synapse, cache.get(), tokenFile);
          LocalStore store = synapse.openStore()) {
        Consumer<CacheEvent> shown = json.given() ? _ -> {} : shown(synapse);
        Substituter substituter =
            new Substituter(
                store,
                List.of(opened),
                trust,
                atOnce,
                event -> {
                  if (event instanceof CacheEvent.SetAside(_, var problem)) {
                    synchronized (setAside) {
                      setAside.add(problem);
                    }
                  } else {
                    shown.accept(event);
                  }
                });
        Map<StorePath, Substitutes.Offer> offers = substituter.offers(paths);
        SortedSet<StorePath> missing = new TreeSet<>(paths);
        if (dryRun.given()) {
          missing.removeAll(offers.keySet());
          for (StorePath path : paths) {
            if (store.isValid(path)) {
              missing.remove(path);
            }
          }
        } else {
          missing.removeAll(substituter.substitute(paths));
        }
        if (!missing.isEmpty()) {
          StorePath first = missing.first();
          throw new CacheException(
              setAside.stream()
                  .findFirst()
                  .or(() -> substituter.reason(first))
                  .orElse(new CacheProblem.NotFound(cache.get(), first)));
        }
        print(offers);
      }
      return ExitCode.DONE;
    }

    private void print(Map<StorePath, Substitutes.Offer> offers) {
      if (json.given()) {
        Json.print(
            synapse.out(),
            Json.object(
                "cache",
                cache.get(),
                "fetched",
                dryRun.given() ? List.of() : texts(offers.keySet()),
                "wouldFetch",
                dryRun.given() ? texts(offers.keySet()) : List.of(),
                "downloadSize",
                Substitutes.downloadSize(offers)));
      } else if (dryRun.given()) {
        offers.keySet().forEach(synapse.out()::println);
      }
    }
  }

  /// `synapse cache sign`.
  static final class Sign extends Subcommand {
    private final Supplier<String> cache = syntax.parameter("CACHE", CACHE);
    private final Supplier<List<String>> given =
        syntax.parameters("PATH", 0, "Store paths (default: all, of a file:// or s3:// cache).");
    private final Supplier<List<String>> keyFiles =
        syntax.options("--key-file", "FILE", "The secret key to sign with.");
    private final Supplier<Optional<String>> tokenFile =
        syntax.option("--token-file", "FILE", "What allows uploads to a server.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object with what was done.");

    Sign(SynapseCommand synapse) {
      super(synapse, "sign", "Add signatures to what a cache says of its paths.");
    }

    @Override
    ExitCode run() throws Exception {
      List<SigningKey> keys = keys(synapse, keyFiles);
      if (keys.isEmpty()) {
        throw new CommandException(
            ExitCode.USAGE,
            "there is no key to sign with",
            "synapse cache sign --key-file FILE " + cache.get());
      }
      SortedSet<StorePath> paths = paths(synapse, given.get());
      try (BinaryCache opened = open(synapse, cache.get(), tokenFile)) {
        SortedSet<StorePath> signed = new CacheUpkeep(opened).sign(paths, keys);
        if (json.given()) {
          Json.print(
              synapse.out(),
              Json.object(
                  "cache",
                  cache.get(),
                  "keys",
                  keys.stream().map(SigningKey::name).toList(),
                  "signed",
                  texts(signed)));
        } else {
          signed.forEach(synapse.out()::println);
        }
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse cache verify`.
  static final class Verify extends Subcommand {
    private final Supplier<String> cache = syntax.parameter("CACHE", CACHE);
    private final Supplier<List<String>> given =
        syntax.parameters("PATH", 0, "Store paths (default: all, of a file:// or s3:// cache).");
    private final Supplier<List<String>> trusted =
        syntax.options("--trusted-key", "NAME:KEY", "A public key that counts.");
    private final Syntax.Flag noContents =
        syntax.flag("--no-contents", "Do not read the archives.");
    private final Supplier<Optional<String>> tokenFile =
        syntax.option("--token-file", "FILE", "What allows access to a server.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object with what was found.");

    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Check that a cache is complete, signed by trusted keys, and true.");
    }

    @Override
    ExitCode run() throws Exception {
      Trust trust = trust(trusted);
      SortedSet<StorePath> paths = paths(synapse, given.get());
      try (BinaryCache opened = open(synapse, cache.get(), tokenFile)) {
        CacheUpkeep.Findings findings =
            new CacheUpkeep(opened).check(paths, trust, !noContents.given());
        List<String> problems =
            findings.problems().stream().map(CacheProblem::message).sorted().toList();
        if (json.given()) {
          Json.print(
              synapse.out(),
              Json.object(
                  "cache", cache.get(), "checked", findings.checked(), "problems", problems));
        } else {
          problems.forEach(each -> synapse.err().println("error: " + each));
          synapse
              .err()
              .println("%d checked, %d problems".formatted(findings.checked(), problems.size()));
        }
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
      }
    }
  }

  /// `synapse cache keygen`.
  static final class Keygen extends Subcommand {
    private final Supplier<String> name =
        syntax.parameter("NAME", "Such as cache.example.org-1: where it is used, and a number.");
    private final Supplier<String> file =
        syntax.parameter("FILE", "A new file for the secret half, which only you may read.");
    private final Syntax.Flag json = syntax.flag("--json", "Print an object.");

    Keygen(SynapseCommand synapse) {
      super(synapse, "keygen", "Make a key: writes the secret half, and prints the public half.");
    }

    @Override
    ExitCode run() throws Exception {
      SigningKey key;
      try {
        key = SigningKey.generate(name.get());
      } catch (KeyException e) {
        throw CommandException.usage(e.problem().message());
      }
      Path place = synapse.folder().resolve(file.get());
      try (var channel =
          Files.newByteChannel(
              place,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        var bytes = java.nio.ByteBuffer.wrap(key.secret().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (FileAlreadyExistsException _) {
        throw CommandException.usage(
            "'%s' is there already: a key is not overwritten".formatted(file.get()));
      }
      String publicKey = key.verificationKey().toString();
      if (json.given()) {
        Json.print(
            synapse.out(),
            Json.object(
                "name", key.name(), "publicKey", publicKey, "secretKeyFile", place.toString()));
      } else {
        synapse.out().println(publicKey);
      }
      return ExitCode.DONE;
    }
  }

  /// `synapse cache serve`.
  static final class Serve extends Subcommand {
    private static final int DEFAULT_PORT = 8080;
    private static final int HIGHEST_PORT = 65_535;

    /// Of a cache's `Priority`, the least goes first; that of cache.nixos.org is 40 too.
    private static final int DEFAULT_PRIORITY = 40;

    private final Supplier<Optional<String>> listen =
        syntax.option(
            "--listen",
            "[HOST:]PORT",
            "Where to listen (default: 127.0.0.1:8080; port 0: a free one).");
    private final Supplier<Optional<String>> served =
        syntax.option("--folder", "DIR", "Serve this folder in place of the store.");
    private final Supplier<List<String>> keyFiles =
        syntax.options("--key-file", "FILE", "Sign what the store is asked for.");
    private final Supplier<Optional<String>> method =
        syntax.option(
            "--compression", "METHOD", "Of the store's archives: zstd (default), xz or none.");
    private final Supplier<Optional<String>> tokenFile =
        syntax.option("--token-file", "FILE", "Take uploads into the folder from whoever has it.");
    private final Supplier<Optional<String>> priority =
        syntax.option(
            "--priority", "NUMBER", "Caches with lower numbers are asked first (default: 40).");
    private final Syntax.Flag json =
        syntax.flag("--json", "Print an object with the address, once it is open.");

    Serve(SynapseCommand synapse) {
      super(synapse, "serve", "Serve the store, or a folder that is a cache, to Nix and Synapse.");
    }

    @Override
    ExitCode run() throws Exception {
      Optional<String> token = token(synapse, tokenFile);
      if (token.isPresent() && served.get().isEmpty()) {
        throw CommandException.usage("uploads need a folder: give --folder DIR");
      }
      CacheServer.Options options =
          new CacheServer.Options(
              address(),
              keys(synapse, keyFiles),
              compression(method),
              token,
              number("--priority", priority, DEFAULT_PRIORITY));
      Consumer<Throwable> failures =
          failure -> synapse.err().println("warning: a request failed: " + failure);
      if (served.get().isPresent()) {
        Path folder = synapse.folder().resolve(served.get().get());
        if (!Files.isDirectory(folder)) {
          throw CommandException.usage("'%s' is no folder".formatted(folder));
        }
        try (CacheServer server = CacheServer.of(folder, options, failures)) {
          return serve(server, "folder '" + folder + "'");
        }
      }
      try (LocalStore store = synapse.openStore();
          CacheServer server = CacheServer.of(store, options, failures)) {
        return serve(server, "store '" + store.root() + "'");
      } catch (java.net.BindException e) {
        throw new CommandException(
            ExitCode.ENVIRONMENT, "cannot listen: " + e.getMessage(), "choose another --listen");
      }
    }

    private InetSocketAddress address() throws CommandException {
      String text = listen.get().orElse("127.0.0.1:" + DEFAULT_PORT);
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
      String port = text.substring(colon + 1);
      if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > HIGHEST_PORT || host.isEmpty()) {
        throw CommandException.usage("--listen takes HOST:PORT or PORT, not '%s'".formatted(text));
      }
      return new InetSocketAddress(host, Integer.parseInt(port));
    }

    /// Until the program is interrupted, which is how this ends.
    private ExitCode serve(CacheServer server, String what)
        throws InterruptedException, IOException {
      String host = server.address().getHostString();
      String address =
          "http://%s:%d"
              .formatted(host.contains(":") ? "[" + host + "]" : host, server.address().getPort());
      if (json.given()) {
        Map<String, @Nullable Object> object = Json.object("address", address, "serves", what);
        Json.print(synapse.out(), object);
      } else {
        synapse.out().println(address);
        synapse.err().println("serving %s; end with Ctrl-C".formatted(what));
      }
      synapse.out().flush();
      new CountDownLatch(1).await();
      return ExitCode.DONE;
    }
  }
}
