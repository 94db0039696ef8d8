package dev.synapse.sandbox;

import dev.synapse.sandbox.seccomp.SystemCallFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Starts processes, each in its sandbox; the one place that does.
///
/// Everything that it started has ended within two seconds of [#close()], of the end of this
/// program, and of its death (`kill -9`): the kernel kills bubblewrap with the thread that started
/// it, and a sandbox with bubblewrap; a watchdog covers the moments before that holds. That thread
/// is therefore one that lives as long as the runner. What a killed program leaves in the scratch
/// folder or as empty control groups, the next runner removes.
public final class SandboxRunner implements AutoCloseable {
  private final Bubblewrap bubblewrap;
  private final Path scratch;
  private final LimitMechanism mechanism;
  private final byte[] filter;
  private final SandboxLevel level;
  private final ExecutorService starter;
  private final Set<SandboxedProcess> running = ConcurrentHashMap.newKeySet();
  private final Thread atExit;
  private final ReentrantReadWriteLock starting = new ReentrantReadWriteLock();
  private volatile boolean closed;

  /// Made at the first need.
  private @Nullable LauncherPlace launcher;

  /// Whether it may be that the launcher works here.
  private boolean launcherWorks;

  /// A runner that is ready to start.
  ///
  /// @param scratch folder for small files while a sandbox lives; made if it isn't there
  /// @throws SandboxUnavailableException if there is no system call filter for this machine
  public SandboxRunner(Bubblewrap bubblewrap, Path scratch) throws IOException {
    this(bubblewrap, scratch, LimitMechanism.detect());
  }

  SandboxRunner(Bubblewrap bubblewrap, Path scratch, LimitMechanism mechanism) throws IOException {
    this(bubblewrap, scratch, mechanism, true);
  }

  /// @param launcherWorks whether to try the launcher at all
  SandboxRunner(
      Bubblewrap bubblewrap, Path scratch, LimitMechanism mechanism, boolean launcherWorks)
      throws IOException {
    this.launcherWorks = launcherWorks;
    this.bubblewrap = bubblewrap;
    this.scratch = scratch.toAbsolutePath();
    this.mechanism = mechanism;
    String architecture = System.getProperty("os.arch");
    this.filter =
        SystemCallFilter.program(architecture)
            .orElseThrow(
                () ->
                    new SandboxUnavailableException(
                        new SandboxProblem.UnsupportedMachine(architecture)));
    this.level =
        new SandboxLevel(
            bubblewrap.version(), SandboxLevel.ALL_NAMESPACES, sha256(filter), mechanism.name());
    Files.createDirectories(scratch);
    removeStale();
    this.starter =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sandbox-starter").factory());
    this.atExit = Thread.ofPlatform().name("sandbox-end").unstarted(this::endAll);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  private void removeStale() throws IOException {
    mechanism.removeStale();
    try (var folders = Files.newDirectoryStream(scratch, "synapse-*")) {
      for (Path folder : folders) {
        var id = RunId.parse(folder.getFileName().toString());
        if (id.isPresent() && id.get().isStale()) {
          deleteTree(folder);
        }
      }
    }
  }

  /// How closed the sandboxes of this runner are.
  public SandboxLevel level() {
    return level;
  }

  /// Starts `sandbox` and returns at once. Its standard input is empty.
  ///
  /// @throws SandboxTooLargeException if bubblewrap cannot be told of all that is in it
  /// @throws IOException if a mounted file isn't there, or the start fails
  public SandboxedProcess start(Sandbox sandbox, Limits limits, LogSink log) throws IOException {
    starting.readLock().lock();
    try {
      return started(sandbox, limits, log);
    } finally {
      starting.readLock().unlock();
    }
  }

  private SandboxedProcess started(Sandbox sandbox, Limits limits, LogSink log) throws IOException {
    RunId id = RunId.next();
    Sandbox found = resolve(sandbox, limits);
    Containment containment =
        limits.ofAllProcesses() ? mechanism.open(id, limits, inMemory(found)) : new Unlimited();
    try {
      Optional<Run> launched = launch(found, limits, containment);
      Run run = launched.isPresent() ? launched.get() : script(id, found, limits, containment);
      var sandboxed = new SandboxedProcess(run, containment, writable(found), limits, log);
      running.add(sandboxed);
      sandboxed.onEnd(() -> running.remove(sandboxed));
      if (closed) {
        sandboxed.cancel();
      }
      sandboxed.watch();
      return sandboxed;
    } catch (IOException | RuntimeException problem) {
      cleanUp(null, containment, problem);
      throw problem;
    }
  }

  /// Starts a sandbox by the launcher; empty where that can't make it.
  private Optional<Run> launch(Sandbox sandbox, Limits limits, Containment containment)
      throws IOException {
    Optional<LauncherPlace> place = containment.prefix().isEmpty() ? launcher() : Optional.empty();
    if (place.isEmpty()) {
      return Optional.empty();
    }
    return place
        .get()
        .run(sandbox, containment.join(), hardLimits(limits, containment), processors(limits));
  }

  /// The launcher, started and tried out at the first need. Where it can't make a sandbox, because
  /// the kernel is older than its calls or no program may be started in the scratch folder, there
  /// is bubblewrap, which says why if it can't either.
  private synchronized Optional<LauncherPlace> launcher() throws IOException {
    LauncherPlace known = launcher;
    if (launcherWorks && (known == null || !known.isAlive())) {
      known = openLauncher();
      launcher = known;
      launcherWorks = known != null;
    }
    return Optional.ofNullable(known);
  }

  /// Whether a launcher runs.
  synchronized boolean launches() {
    return launcher != null;
  }

  private @Nullable LauncherPlace openLauncher() throws IOException {
    Path folder = newFolder(RunId.next());
    try {
      return LauncherPlace.open(folder, filter);
    } catch (IOException _) {
      deleteTree(folder);
      return null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a sandbox started");
    }
  }

  private static Optional<BitSet> processors(Limits limits) {
    return limits.processors() >= Runtime.getRuntime().availableProcessors()
        ? Optional.empty()
        : Optional.of(ProcessorAffinity.first(new ProcessorAffinity().get(), limits.processors()));
  }

  /// Starts a sandbox by a shell and bubblewrap.
  private Run script(RunId id, Sandbox sandbox, Limits limits, Containment containment)
      throws IOException {
    Path folder = newFolder(id);
    try {
      List<String> command = prepare(folder, sandbox, limits, containment);
      return new BubblewrapRun(startOnLastingThread(command, limits.processors()), folder);
    } catch (IOException | RuntimeException problem) {
      cleanUp(folder, null, problem);
      throw problem;
    }
  }

  /// A way out of the sandboxes' network, to `target` alone.
  ///
  /// @param target an address that this program serves
  public LoopbackBridge bridge(InetSocketAddress target) throws IOException {
    Path folder = newFolder(RunId.next());
    try {
      return LoopbackBridge.open(folder, target);
    } catch (IOException | RuntimeException problem) {
      cleanUp(folder, null, problem);
      throw problem;
    }
  }

  private Path newFolder(RunId id) throws IOException {
    return Files.createDirectory(
        scratch.resolve(id.toString()),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void cleanUp(
      @Nullable Path folder, @Nullable Containment made, Exception problem) {
    try {
      if (made != null) {
        made.close();
      }
      if (folder != null) {
        deleteTree(folder);
      }
    } catch (IOException second) {
      problem.addSuppressed(second);
    }
  }

  /// Looks at what is mounted: all of it must be there, a symbolic link becomes one, and no folder
  /// in memory may hold more than all of the memory.
  private static Sandbox resolve(Sandbox sandbox, Limits limits) throws IOException {
    long memory = limits.memoryBytes();
    var mounts = new ArrayList<Mount>();
    for (Mount mount : sandbox.mounts()) {
      switch (mount) {
        case Mount.ReadOnly(var from, var at) when Files.isSymbolicLink(from) ->
            mounts.add(new Mount.Symlink(RawText.of(Files.readSymbolicLink(from)), at));
        case Mount.ReadOnly(var from, _) -> mounts.add(present(from, mount));
        case Mount.Writable(var from, _) -> mounts.add(present(from, mount));
        case Mount.Temporary(var at, var size) ->
            mounts.add(new Mount.Temporary(at, Math.min(size, memory)));
        case Mount.Dev(var at, var size) -> mounts.add(new Mount.Dev(at, Math.min(size, memory)));
        default -> mounts.add(mount);
      }
    }
    return new Sandbox(
        mounts,
        sandbox.command(),
        sandbox.environment(),
        sandbox.workingDirectory(),
        sandbox.identity());
  }

  private static Mount present(Path from, Mount mount) throws NoSuchFileException {
    if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(from.toString(), null, "needed in a sandbox, but not there");
    }
    return mount;
  }

  private static List<Path> inMemory(Sandbox sandbox) {
    var folders = new ArrayList<Path>();
    for (Mount mount : sandbox.mounts()) {
      switch (mount) {
        case Mount.Temporary(var at, _) -> folders.add(at);
        case Mount.Dev(var at, _) -> folders.add(at.resolve(Mount.Dev.SHARED_MEMORY));
        default -> {
          // on a disk, or read-only
        }
      }
    }
    return folders;
  }

  private static List<Path> writable(Sandbox sandbox) {
    var folders = new ArrayList<Path>();
    for (Mount mount : sandbox.mounts()) {
      if (mount instanceof Mount.Writable(var from, _)
          && folders.stream().noneMatch(from::startsWith)) {
        folders.removeIf(other -> other.startsWith(from));
        folders.add(from);
      }
    }
    return folders;
  }

  private List<String> prepare(Path folder, Sandbox sandbox, Limits limits, Containment containment)
      throws IOException {
    int texts = 0;
    for (Mount mount : sandbox.mounts()) {
      if (mount instanceof Mount.Text(var contents, _)) {
        Path file = CommandLine.textFile(folder, texts++);
        Files.writeString(file, contents);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
      }
    }
    List<RawText> options = new ArrayList<>(CommandLine.options(sandbox, folder));
    if (bubblewrap.setsProgramName()) {
      options.add(RawText.of("--argv0"));
      options.add(sandbox.programName());
    }
    CommandLine.requireFit(sandbox, options);
    Files.write(folder.resolve(LaunchScript.OPTIONS), CommandLine.nulTerminated(options));
    Files.write(folder.resolve(LaunchScript.FILTER), filter);
    Path script = folder.resolve("start.sh");
    Files.write(
        script,
        LaunchScript.of(
            folder,
            ProcessHandle.current().pid(),
            containment.join(),
            hardLimits(limits, containment),
            bubblewrap.command(),
            sandbox.command()));
    var command = new ArrayList<>(containment.prefix());
    command.add("/bin/sh");
    command.add(script.toString());
    return command;
  }

  private static List<HardLimit> hardLimits(Limits limits, Containment containment) {
    var hard = new ArrayList<>(List.of(new HardLimit(HardLimit.Resource.CORE, 0)));
    if (limits.outputBytes() != Limits.UNLIMITED) {
      long blocks = limits.outputBytes() / HardLimit.FILE_SIZE_UNIT + 1;
      hard.add(new HardLimit(HardLimit.Resource.FILE_SIZE, blocks * HardLimit.FILE_SIZE_UNIT));
    }
    hard.addAll(containment.hardLimits());
    return hard;
  }

  private Process startOnLastingThread(List<String> command, int processors) throws IOException {
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(Path.of("/").toFile());
    builder.environment().clear();
    try {
      return starter.submit(() -> startAtFixedAddresses(builder, processors)).get();
    } catch (ExecutionException problem) {
      if (problem.getCause() instanceof IOException cause) {
        throw new IOException("can't start a sandbox: " + cause.getMessage(), cause);
      }
      throw new IllegalStateException(problem.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a sandbox started");
    }
  }

  /// A child has its memory where the thread that started it says.
  private static Process startAtFixedAddresses(ProcessBuilder builder, int processors)
      throws IOException {
    var randomisation = new AddressRandomisation();
    int before = randomisation.end();
    try {
      return startOn(builder, processors);
    } finally {
      randomisation.restore(before);
    }
  }

  /// A child runs where the thread that started it may run.
  private static Process startOn(ProcessBuilder builder, int processors) throws IOException {
    if (processors >= Runtime.getRuntime().availableProcessors()) {
      return builder.start();
    }
    var affinity = new ProcessorAffinity();
    BitSet all = affinity.get();
    affinity.set(ProcessorAffinity.first(all, processors));
    try {
      return builder.start();
    } finally {
      affinity.set(all);
    }
  }

  /// Ends everything that runs, and waits until it has ended.
  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // this program is ending already
    }
    starter.shutdown();
  }

  private void endAll() {
    closed = true;
    // What is being started is among those that run, or has failed.
    starting.writeLock().lock();
    try {
      running.forEach(SandboxedProcess::cancel);
    } finally {
      starting.writeLock().unlock();
    }
    running.forEach(SandboxedProcess::awaitEnd);
    closeLauncher();
  }

  private synchronized void closeLauncher() {
    LauncherPlace known = launcher;
    launcher = null;
    launcherWorks = false;
    if (known != null) {
      try {
        known.close();
      } catch (IOException _) {
        // the next runner removes what is left
      }
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException problem) {
      throw new IllegalStateException(problem); // every Java has it
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
