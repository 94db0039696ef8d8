package dev.synapse.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a sandbox is in bubblewrap's options. On one machine the same sandbox gives the same list.
final class CommandLine {
  /// Bubblewrap's own limit on the number of its arguments.
  private static final int MOST_ARGUMENTS = 9000;

  /// Of these, room for those that are not in the file of options.
  private static final int OTHER_ARGUMENTS = 16;

  /// Files of `/proc` that tell of the whole machine.
  static final List<String> HIDDEN =
      List.of(
          "kallsyms",
          "kcore",
          "key-users",
          "keys",
          "kmsg",
          "kpagecgroup",
          "kpagecount",
          "kpageflags",
          "latency_stats",
          "pagetypeinfo",
          "sched_debug",
          "slabinfo",
          "timer_list",
          "vmallocinfo");

  private final List<RawText> options = new ArrayList<>();

  private final Path texts;
  private int textNumber;

  private CommandLine(Path texts) {
    this.texts = texts;
  }

  /// The options that make `sandbox`, without its command.
  ///
  /// @param texts folder that holds the n-th text mount as `text-n`, counted from 0
  static List<RawText> options(Sandbox sandbox, Path texts) {
    var line = new CommandLine(texts);
    line.room(sandbox.identity());
    line.mounts(sandbox.mounts());
    sandbox.environment().forEach((name, value) -> line.add("--setenv", name, value));
    line.add("--chdir", RawText.of(sandbox.workingDirectory()));
    return List.copyOf(line.options);
  }

  /// @param options those of `sandbox`
  /// @throws SandboxTooLargeException if there are more of them than bubblewrap takes
  static void requireFit(Sandbox sandbox, List<RawText> options) throws SandboxTooLargeException {
    if (options.size() + sandbox.command().size() > MOST_ARGUMENTS - OTHER_ARGUMENTS) {
      throw new SandboxTooLargeException(
          sandbox.mounts().size(), sandbox.environment().size(), MOST_ARGUMENTS);
    }
  }

  private void room(Identity identity) {
    add("--unshare-all");
    add("--unshare-user");
    add("--disable-userns");
    add("--die-with-parent");
    // The command is the first process, as a builder of Nix is: one of bubblewrap's own would show
    // the host's program in /proc/1/exe, to be read and run.
    add("--as-pid-1");
    add("--new-session");
    add("--cap-drop", RawText.of("ALL"));
    add("--clearenv");
    add("--uid", RawText.of(Integer.toString(identity.user())));
    add("--gid", RawText.of(Integer.toString(identity.group())));
    add("--hostname", RawText.of(identity.hostName()));
  }

  private void mounts(List<Mount> mounts) {
    mounts.forEach(this::mount);
    // Last, for until here bubblewrap itself makes mount points in them.
    for (Mount mount : mounts) {
      if (mount instanceof Mount.OfKernel) {
        add("--remount-ro", RawText.of(mount.at()));
      }
    }
    add("--remount-ro", RawText.of("/"));
  }

  private void mount(Mount mount) {
    RawText at = RawText.of(mount.at());
    switch (mount) {
      case Mount.ReadOnly(var from, _) -> add("--ro-bind", RawText.of(from), at);
      case Mount.Writable(var from, _) -> add("--bind", RawText.of(from), at);
      case Mount.Temporary(_, var size) -> temporary(size, at);
      case Mount.Symlink(var target, _) -> add("--symlink", target, at);
      case Mount.Text _ -> add("--ro-bind", RawText.of(textFile(texts, textNumber++)), at);
      case Mount.Folder _ -> add("--dir", at);
      case Mount.OfKernel kernels -> ofKernel(kernels);
    }
  }

  private void ofKernel(Mount.OfKernel mount) {
    RawText at = RawText.of(mount.at());
    switch (mount) {
      case Mount.Proc _ -> {
        add("--proc", at);
        hideTheHost(mount.at());
      }
      case Mount.Dev(_, var sharedMemory) -> {
        add("--dev", at);
        temporary(sharedMemory, RawText.of(mount.at().resolve(Mount.Dev.SHARED_MEMORY)));
      }
    }
  }

  /// What the kernel tells of the whole machine to the user who owns the sandbox, above all if that
  /// is root. A device that cannot be opened there takes its place.
  private void hideTheHost(Path proc) {
    for (String name : HIDDEN) {
      if (Files.exists(Path.of("/proc", name))) {
        add("--ro-bind", RawText.of("/dev/null"), RawText.of(proc.resolve(name)));
      }
    }
  }

  static Path textFile(Path texts, int number) {
    return texts.resolve("text-" + number);
  }

  private void temporary(long size, RawText at) {
    add("--perms", RawText.of("1777"));
    add("--size", RawText.of(Long.toString(size)));
    add("--tmpfs", at);
  }

  private void add(String option, RawText... values) {
    options.add(RawText.of(option));
    options.addAll(List.of(values));
  }

  /// As `bwrap --args` reads them: each closed by a NUL byte.
  static byte[] nulTerminated(List<RawText> options) {
    var out = new ByteArrayOutputStream();
    for (RawText option : options) {
      out.writeBytes(option.toBytes());
      out.write(0);
    }
    return out.toByteArray();
  }
}
