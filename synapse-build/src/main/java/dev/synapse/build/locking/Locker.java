package dev.synapse.build.locking;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.debian.DebianException;
import dev.synapse.build.debian.DebianLock;
import dev.synapse.build.debian.DebianProblem;
import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.document.Problem;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Fetched;
import dev.synapse.build.fetch.Origin;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.fetch.Request;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Coordinates;
import dev.synapse.build.manifest.Debian;
import dev.synapse.build.manifest.Input;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.manifest.Toolchain;
import dev.synapse.build.maven.ArtifactCache;
import dev.synapse.build.maven.ArtifactSource;
import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenRecording;
import dev.synapse.build.maven.MavenVersions;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Resolves what a manifest asks for. What the previous lock has and the manifest still asks for
/// stays as it is, unless it is to be updated.
public final class Locker {
  /// What the builder itself needs (bash, coreutils, findutils, an awk, the locale C.UTF-8), and
  /// what any shell text of a manifest takes for granted: Debian calls these essential.
  private static final List<String> EVERYDAY_TOOLS =
      List.of(
          "bash",
          "coreutils",
          "dash",
          "diffutils",
          "findutils",
          "grep",
          "gzip",
          "libc-bin",
          "mawk",
          "sed",
          "tar");

  private final InputStore inputs;
  private final Downloader downloader;
  private final DebianToolchain debian;
  private final GoalRunner goals;
  private final EventBus bus;

  /// Resolves with the given parts.
  public Locker(
      InputStore inputs,
      Downloader downloader,
      DebianToolchain debian,
      GoalRunner goals,
      EventBus bus) {
    this.inputs = inputs;
    this.downloader = downloader;
    this.debian = debian;
    this.goals = goals;
    this.bus = bus;
  }

  /// What of the previous lock is looked up anew.
  ///
  /// @param all everything
  /// @param names toolchains, inputs or packages of these names
  public record Update(boolean all, Set<String> names) {
    /// Copies the set.
    public Update {
      names = Set.copyOf(names);
    }

    boolean includes(String name) {
      return all || names.contains(name);
    }
  }

  /// Makes the lock of `manifest`.
  ///
  /// @throws InputException when something asked for cannot be had as it is asked for
  /// @throws UnknownNameException when there is no such suite, component or package
  /// @throws MavenException when the goals fail, or need what has no fixed version
  public LockResult lock(Manifest manifest, Lock previous, Update update)
      throws InputException,
          UnknownNameException,
          MavenException,
          StoreException,
          IOException,
          InterruptedException {
    var round = new Round(manifest, new Kept(previous, update), new ArrayList<>());
    SortedMap<String, LockedToolchain> toolchains = toolchains(round);
    SortedMap<String, LockedInput> lockedInputs = inputs(round);
    var sources = new Lock(lockedInputs, toolchains, new TreeMap<>());
    List<Problem> stale = previous.staleSources(sources);
    if (!stale.isEmpty()) {
      throw new InputException(
          stale.stream().map(Problem::message).collect(Collectors.joining("\n")));
    }
    SortedMap<String, LockedMaven> maven = maven(round, sources);
    return new LockResult(new Lock(lockedInputs, toolchains, maven), round.changes());
  }

  /// One making of a lock.
  ///
  /// @param changes takes a line for people for each entry that is not what it was
  private record Round(Manifest manifest, Kept kept, List<String> changes) {}

  /// What of the previous lock may stay.
  private record Kept(Lock previous, Update update) {
    Optional<LockedToolchain> toolchain(Toolchain wanted) {
      return Optional.ofNullable(previous.toolchains().get(wanted.name()))
          .filter(locked -> !update.includes(wanted.name()) && asksFor(wanted, locked));
    }

    Optional<LockedInput> input(Input wanted) {
      return Optional.ofNullable(previous.inputs().get(wanted.name()))
          .filter(locked -> !update.includes(wanted.name()) && asksFor(wanted, locked));
    }

    List<LockedFile> files(PackageSpec wanted) {
      LockedMaven locked = previous.maven().get(wanted.name());
      return locked == null || update.includes(wanted.name()) ? List.of() : locked.files();
    }
  }

  private SortedMap<String, LockedToolchain> toolchains(Round round)
      throws InputException,
          UnknownNameException,
          StoreException,
          IOException,
          InterruptedException {
    SortedMap<String, LockedToolchain> toolchains = new TreeMap<>();
    for (Toolchain wanted : round.manifest().toolchains().values()) {
      String name = wanted.name();
      Optional<LockedToolchain> kept = round.kept().toolchain(wanted);
      LockedToolchain now = kept.isPresent() ? kept.get() : lock(wanted);
      toolchains.put(name, now);
      if (!now.equals(round.kept().previous().toolchains().get(name))) {
        round.changes().add("toolchain %s: %d packages".formatted(name, now.debs().size()));
      }
    }
    return toolchains;
  }

  private SortedMap<String, LockedInput> inputs(Round round)
      throws InputException, MavenException, StoreException, IOException, InterruptedException {
    SortedMap<String, LockedInput> locked = new TreeMap<>();
    for (Input wanted : round.manifest().inputs().values()) {
      String name = wanted.name();
      Optional<LockedInput> kept = round.kept().input(wanted);
      LockedInput now = kept.isPresent() ? kept.get() : lock(wanted);
      locked.put(name, now);
      if (!now.equals(round.kept().previous().inputs().get(name))) {
        round.changes().add("input %s: %s".formatted(name, now.storeName()));
      }
    }
    return locked;
  }

  /// @param sources what is locked besides; each package sees what was recorded before it too
  private SortedMap<String, LockedMaven> maven(Round round, Lock sources)
      throws InputException, MavenException, StoreException, IOException, InterruptedException {
    SortedMap<String, LockedMaven> maven = new TreeMap<>();
    for (PackageSpec wanted : round.manifest().packages().values()) {
      if (wanted.recipe().mavenGoals().isEmpty()) {
        continue;
      }
      String name = wanted.name();
      var soFar = new Lock(sources.inputs(), sources.toolchains(), maven);
      LockedMaven now = record(round.manifest(), wanted, soFar, round.kept().files(wanted));
      maven.put(name, now);
      LockedMaven before = round.kept().previous().maven().get(name);
      if (!now.equals(before)) {
        round.changes().add("maven %s: %s".formatted(name, difference(before, now.files())));
      }
    }
    return maven;
  }

  private static String difference(@Nullable LockedMaven before, List<LockedFile> now) {
    if (before == null) {
      return now.size() + " files";
    }
    Set<LockedFile> added = new TreeSet<>(now);
    added.removeAll(new TreeSet<>(before.files()));
    Set<LockedFile> removed = new TreeSet<>(before.files());
    removed.removeAll(new TreeSet<>(now));
    return "%d files, %d new, %d gone".formatted(now.size(), added.size(), removed.size());
  }

  private static boolean asksFor(Toolchain toolchain, LockedToolchain locked) {
    return locked.asked().equals(toolchain.debian())
        && locked.links().equals(new TreeMap<>(toolchain.links()));
  }

  private static boolean asksFor(Input input, LockedInput locked) {
    return switch (input) {
      case Input.Artifact artifact ->
          locked instanceof LockedInput.Artifact found && asksFor(artifact, found);
      case Input.Url url -> locked instanceof LockedInput.Url found && asksFor(url, found);
    };
  }

  private static boolean asksFor(Input.Artifact artifact, LockedInput.Artifact locked) {
    return locked.unpack() == artifact.unpack() && locked.asked().equals(artifact.coordinates());
  }

  private static boolean asksFor(Input.Url url, LockedInput.Url locked) {
    return locked.unpack() == url.unpack()
        && locked.urls().equals(url.urls())
        && url.sha256().orElse(locked.sha256()).equals(locked.sha256());
  }

  private LockedToolchain lock(Toolchain toolchain)
      throws InputException,
          UnknownNameException,
          StoreException,
          IOException,
          InterruptedException {
    bus.publish(new BuildEvent.StepProgress("resolving toolchain '" + toolchain.name() + "'"));
    Files.createDirectories(inputs.downloads());
    DebianLock resolved = resolve(toolchain);
    SortedMap<String, String> links = new TreeMap<>(toolchain.links());
    InputStore.Imported root = inputs.newToolchain(toolchain.name(), resolved.debs(), links);
    return new LockedToolchain(
        toolchain.debian(), links, resolved.release(), root.narHash(), resolved.debs());
  }

  private DebianLock resolve(Toolchain toolchain)
      throws UnknownNameException, IOException, InterruptedException {
    try {
      return debian.resolve(withEverydayTools(toolchain.debian()));
    } catch (DebianException e) {
      if (!(e.problem() instanceof DebianProblem.Unknown unknown)) {
        throw e;
      }
      String key =
          switch (unknown.asked()) {
            case SUITE -> "suite";
            case COMPONENT -> "components";
            case PACKAGE -> "packages";
          };
      throw new UnknownNameException(
          List.of("toolchains", toolchain.name(), "debian"),
          key,
          unknown.name(),
          unknown.message(),
          e);
    }
  }

  private static Debian withEverydayTools(Debian asked) {
    Set<String> packages = new TreeSet<>(EVERYDAY_TOOLS);
    packages.addAll(asked.packages());
    return new Debian(
        asked.suite(), List.copyOf(packages), asked.components(), asked.architecture());
  }

  private LockedInput lock(Input input)
      throws InputException, MavenException, StoreException, IOException, InterruptedException {
    Files.createDirectories(inputs.downloads());
    return switch (input) {
      case Input.Artifact artifact -> {
        Coordinates fixed =
            MavenVersions.resolve(
                artifact.coordinates(),
                Repositories.CENTRAL,
                ArtifactSource.of(downloader, inputs.downloads()));
        Fetched fetched =
            downloader.fetchUnverified(
                Origin.of(Repositories.CENTRAL, fixed.path()), inputs.downloads());
        InputStore.Imported made =
            inputs.newInput(artifact.name(), fixed.fileName(), fetched.file(), artifact.unpack());
        yield new LockedInput.Artifact(
            artifact.coordinates(),
            Repositories.CENTRAL,
            fixed.path(),
            artifact.unpack(),
            fetched.sha256(),
            made.narHash());
      }
      case Input.Url url -> {
        Known known = fetch(url);
        String storeName = storeName(url.urls().getFirst());
        InputStore.Imported made =
            inputs.newInput(url.name(), storeName, known.file(), url.unpack());
        yield new LockedInput.Url(
            url.urls(), storeName, url.unpack(), known.sha256(), made.narHash());
      }
    };
  }

  private record Known(Path file, Hash sha256) {}

  /// With a hash in the manifest a download that was cut goes on where it stopped.
  private Known fetch(Input.Url url) throws InputException, IOException, InterruptedException {
    Origin origin = new Origin.Addresses(url.urls().stream().map(URI::create).toList());
    if (url.sha256().isEmpty()) {
      Fetched fetched = downloader.fetchUnverified(origin, inputs.downloads());
      return new Known(fetched.file(), fetched.sha256());
    }
    Hash sha256 = url.sha256().get();
    Request request = new Request(origin, sha256, OptionalLong.empty());
    try {
      Path file =
          requireNonNull(downloader.fetch(List.of(request), inputs.downloads()).get(request));
      return new Known(file, sha256);
    } catch (FetchException e) {
      if (e.problem() instanceof FetchProblem.HashDiffers) {
        throw new InputException(
            "input '%s': %s as the manifest says".formatted(url.name(), e.problem().message()), e);
      }
      throw e;
    }
  }

  /// The last part of an address, as far as it can stand in a store path.
  private static String storeName(String url) {
    String path = Optional.ofNullable(URI.create(url).getPath()).orElse("");
    String last = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^0-9A-Za-z+._?=-]", "-");
    return StorePath.isName(last) && !last.startsWith(".") ? last : "source";
  }

  private LockedMaven record(
      Manifest manifest, PackageSpec wanted, Lock soFar, List<LockedFile> known)
      throws InputException, MavenException, StoreException, IOException, InterruptedException {
    Files.createDirectories(inputs.downloads());
    MavenRecording recording =
        new MavenRecording(
            ArtifactSource.of(downloader, inputs.downloads()),
            new ArtifactCache(inputs.downloads()));
    try (BuildDirectory scratch = inputs.scratch("lock")) {
      List<LockedFile> files =
          recording.record(
              new MavenRecording.Request(
                  wanted.recipe().mavenGoals(),
                  scratch.path(),
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  known),
              goals.prepare(manifest, wanted, soFar));
      return new LockedMaven(wanted.recipe().mavenGoals(), files);
    }
  }
}
