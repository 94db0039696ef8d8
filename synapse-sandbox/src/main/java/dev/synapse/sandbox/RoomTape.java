package dev.synapse.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tape that makes a sandbox and starts its command, with the calls that bubblewrap makes for
/// it. Two processes run it: a keeper, which the launcher starts, and the first process of the
/// sandbox, which the keeper starts.
///
/// The keeper makes itself end with the launcher, says who it is, waits for leave, and joins
/// control groups. It waits for the first process, says how that ended, and lets go of its number
/// only when it is told to: until then nobody else can have that number, and it can be killed by
/// it.
///
/// The first process makes itself end with the keeper, furnishes the room, gives up all rights, and
/// becomes the command only when the keeper, seeing it so far, says that it is still there itself.
final class RoomTape {
  /// What the keeper tells: a number that says what, and 32 bytes.
  static final int REPORT_BYTES = 40;

  static final long KEEPER = 1;
  static final long FIRST = 3;
  static final long ENDED = 4;

  // Numbers of open files. The kernel gives the least free one, so they are known.
  private static final int STATUS = 3;
  private static final int OUTPUT = 4;
  private static final int HOLD = 5;
  private static final int KEEPERS_END = 6;
  private static final int FIRSTS_END = 7;
  private static final int PROC = KEEPERS_END; // which is closed by then
  private static final int NEXT_FREE = 8;

  // Numbers of system calls, and what their arguments mean.
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int OPEN = 2;
  private static final int CLOSE = 3;
  private static final int CHANGE_SIGNAL = 13;
  private static final int SIGNAL_MASK = 14;
  private static final int IOCTL = 16;
  private static final int DUPLICATE = 33;
  private static final int GET_PROCESS = 39;
  private static final int SOCKET = 41;
  private static final int SOCKET_PAIR = 53;
  private static final int CLONE = 56;
  private static final int EXECUTE = 59;
  private static final int CHANGE_DIRECTORY = 80;
  private static final int MAKE_DIRECTORY = 83;
  private static final int LINK = 86;
  private static final int SYMLINK = 88;
  private static final int UMASK = 95;
  private static final int NEW_SESSION = 112;
  private static final int SET_CAPABILITIES = 126;
  private static final int MAKE_NODE = 133;
  private static final int PERSONALITY = 135;
  private static final int PIVOT_ROOT = 155;
  private static final int PROCESS_CONTROL = 157;
  private static final int SET_LIMIT = 160;
  private static final int MOUNT = 165;
  private static final int UNMOUNT = 166;
  private static final int SET_HOST_NAME = 170;
  private static final int SET_AFFINITY = 203;
  private static final int EXIT = 231;
  private static final int WAIT = 247;
  private static final int OPEN_AT = 257;
  private static final int UNSHARE = 272;
  private static final int SET_MOUNT_ATTRIBUTES = 442;

  private static final int WRITE_ONLY = 01;
  private static final int CREATE_NEW = 0300;
  private static final int DIRECTORY_ITSELF = 012200000; // O_PATH, O_DIRECTORY, O_CLOEXEC
  private static final int SOCKET_CLOSE_ON_EXEC = 02000000;
  private static final int HERE = -100;
  private static final int ALL_BELOW = 0x8000;
  private static final int BIND = 0x5000; // with all that is mounted below
  private static final int SLAVE_SILENT = 0x8C000; // with all that is mounted below
  private static final int NO_SET_ID_DEVICES = 6;
  private static final int NO_SET_ID_DEVICES_PROGRAMS = 14;
  private static final int NO_SET_ID_PROGRAMS = 10;
  private static final int DETACH = 2;
  private static final long READ_ONLY = 1;
  private static final long NO_SET_ID = 2;
  private static final long NO_DEVICES = 4;
  private static final long NEW_USER = 0x10000000;
  private static final long NEW_NAMESPACES = 0x7E020000 | LauncherProgram.SIGCHLD;
  private static final int REGULAR_FILE = 0100444;
  private static final int SET_FLAGS = 0x8914; // SIOCSIFFLAGS
  private static final int DEATH_SIGNAL = 1;
  private static final int SECCOMP = 22;
  private static final int DROP_FROM_BOUND = 24;
  private static final int NO_NEW_RIGHTS = 38;
  private static final int AMBIENT = 47;
  private static final int CLEAR_AMBIENT = 4;
  private static final int SIGKILL = 9;
  private static final int FIXED_ADDRESSES = 0x0040000; // ADDR_NO_RANDOMIZE
  private static final String RUN = "execve ";
  private static final int CAPABILITIES_VERSION = 0x20080522;
  private static final int LEAVE_IT = 0x01000000;
  private static final int ANSWER_BYTES = 128;
  private static final int FILTER_STEP_BYTES = 8;
  private static final int EXITED = 4;

  private static final List<String> DEVICES =
      List.of("null", "zero", "full", "random", "urandom", "tty");

  /// So many mounts from one folder are worth a mount of the folder.
  private static final int MANY = 4;

  /// What is on this machine.
  ///
  /// @param stage an empty folder, to be mounted on
  /// @param nothing an empty file
  /// @param lastCapability the highest number of a capability
  record Machine(
      Path stage, Path nothing, int lastCapability, long user, long group, ByteBuffer filter) {}

  /// Around one run.
  ///
  /// @param files names of the files for status, output and hold
  /// @param join `cgroup.procs` files of the control groups to enter
  /// @param processors to run on, if not on all
  record Surroundings(
      List<String> files, List<Path> join, List<HardLimit> limits, Optional<BitSet> processors) {}

  private final Machine machine;
  private final Sandbox sandbox;
  private final Tape tape = new Tape(LauncherProgram.ROOM, LauncherProgram.LAST);
  private final Tape.Label failed = new Tape.Label();
  private final Path root;
  private final Set<Path> made = new HashSet<>();
  private final Map<Path, Path> templates = new HashMap<>();
  private final Map<Path, Path> writable = new HashMap<>();
  private final Tape.Data nothing;
  private final Map<Long, Tape.Data> attributes = new HashMap<>();

  private RoomTape(Machine machine, Sandbox sandbox) {
    this.machine = machine;
    this.sandbox = sandbox;
    this.root = machine.stage().resolve("room");
    this.nothing = tape.text(RawText.of(machine.nothing()));
  }

  /// The tape for `sandbox`, whose mounts are plain.
  static Tape of(Machine machine, Sandbox sandbox, Surroundings surroundings) {
    var room = new RoomTape(machine, sandbox);
    room.keep(surroundings);
    room.first();
    room.giveUp();
    return room.tape;
  }

  private Tape.Call call(String what, long number, Object... arguments) {
    return tape.call(failed, what, number, arguments);
  }

  private void keep(Surroundings surroundings) {
    var end = new Tape.Label();
    var first = new Tape.Label();
    var ended = new Tape.Label();
    var holding = new Tape.Label();
    var pair = tape.words(List.of(word(0)));
    var note = tape.data(new byte[1]);
    call("status", OPEN, text(surroundings.files().get(0)), WRITE_ONLY | Kernel.CLOSE_ON_EXEC)
        .onError(end);
    call("output", OPEN, text(surroundings.files().get(1)), WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
    call("hold", OPEN, text(surroundings.files().get(2)), Kernel.CLOSE_ON_EXEC);
    call("prctl", PROCESS_CONTROL, DEATH_SIGNAL, SIGKILL);
    Tape.Data self = report(KEEPER);
    call("getpid", GET_PROCESS).into(second(self));
    call("write", WRITE, STATUS, self, REPORT_BYTES);
    call("read", READ, HOLD, note, 1).onZero(end);
    var plain = tape.words(List.of(word(0), word(0), word(0), word(0)));
    call("rt_sigaction", CHANGE_SIGNAL, LauncherProgram.SIGCHLD, plain, 0, Long.BYTES);
    for (Path group : surroundings.join()) {
      call("open " + group, OPEN, tape.text(RawText.of(group)), WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
      write("write " + group, KEEPERS_END, "0");
    }
    for (HardLimit limit : surroundings.limits()) {
      var both = tape.words(List.of(word(limit.value()), word(limit.value())));
      call("setrlimit " + limit.resource(), SET_LIMIT, limit.resource().number(), both);
    }
    surroundings
        .processors()
        .ifPresent(
            processors -> {
              byte[] set = Arrays.copyOf(processors.toByteArray(), 1024);
              call("sched_setaffinity", SET_AFFINITY, 0, set.length, tape.data(set));
            });
    // The orders are not for the command.
    call("open /dev/null", OPEN, text("/dev/null"), 0);
    call("dup2", DUPLICATE, KEEPERS_END, 0);
    call("close", CLOSE, KEEPERS_END);
    call("socketpair", SOCKET_PAIR, 1, 1 | SOCKET_CLOSE_ON_EXEC, 0, pair);
    Tape.Data known = report(FIRST);
    call("clone", CLONE, NEW_NAMESPACES).into(second(known)).onZero(first);
    call("write", WRITE, STATUS, known, REPORT_BYTES);
    call("close", CLOSE, FIRSTS_END);
    call("close", CLOSE, OUTPUT);
    call("read", READ, KEEPERS_END, note, 1).onZero(ended).onError(ended);
    call("write", WRITE, KEEPERS_END, note, 1);
    tape.mark(ended);
    // What the kernel says of it comes right behind the word.
    Tape.Data how = tape.words(List.of(word(ENDED)));
    Tape.Data answer = tape.data(new byte[ANSWER_BYTES]);
    call("waitid", WAIT, 0, 0, answer, EXITED | LEAVE_IT, 0);
    call("write", WRITE, STATUS, how, REPORT_BYTES);
    tape.mark(holding);
    call("read", READ, HOLD, note, 1).onMore(holding);
    call("waitid", WAIT, 0, 0, answer, EXITED, 0);
    tape.mark(end);
    call("exit_group", EXIT, 0);
    tape.mark(first);
  }

  private Tape.Data report(long word) {
    return tape.words(List.of(word(word), word(0), word(0), word(0), word(0)));
  }

  private static Tape.Data second(Tape.Data words) {
    return new Tape.Data(words.offset() + Long.BYTES);
  }

  private static Tape.Fixed word(long value) {
    return new Tape.Fixed(value);
  }

  private Tape.Data text(String text) {
    return tape.text(text);
  }

  private void first() {
    call("close", CLOSE, KEEPERS_END);
    call("prctl", PROCESS_CONTROL, NO_NEW_RIGHTS, 1);
    call("rt_sigprocmask", SIGNAL_MASK, 2, tape.words(List.of(word(0))), 0, Long.BYTES);
    // A number to open it by, for once the host's /proc is gone.
    call("open /proc", OPEN, text("/proc"), DIRECTORY_ITSELF);
    become(0, 0, machine.user(), machine.group());
    writeProc("sys/user/max_user_namespaces", "1");
    raiseLoopback();
    byte[] hostName = sandbox.identity().hostName().getBytes(StandardCharsets.US_ASCII);
    call("sethostname", SET_HOST_NAME, tape.data(hostName), hostName.length);
    call("dup2", DUPLICATE, OUTPUT, 1);
    call("dup2", DUPLICATE, OUTPUT, 2);
    furnish();
    enter();
    close();
    call("umask", UMASK, 0022);
    RawText folder = RawText.of(sandbox.workingDirectory());
    call("chdir " + folder, CHANGE_DIRECTORY, tape.text(folder));
    call("setsid", NEW_SESSION);
    call("prctl", PROCESS_CONTROL, DEATH_SIGNAL, SIGKILL);
    // From here on it ends with the keeper; and this says whether the keeper is still there.
    Tape.Data note = tape.data(new byte[1]);
    call("write", WRITE, FIRSTS_END, note, 1);
    call("read", READ, FIRSTS_END, note, 1).onZero(failed);
    call("personality", PERSONALITY, FIXED_ADDRESSES).whateverComes(); // a container may forbid it
    Tape.Data filter = tape.data(machine.filter());
    Tape.Data program =
        tape.words(List.of(word(machine.filter().remaining() / FILTER_STEP_BYTES), filter));
    call("prctl seccomp", PROCESS_CONTROL, SECCOMP, 2, program);
    RawText command = sandbox.command().getFirst();
    var environment = new ArrayList<RawText>();
    sandbox.environment().forEach((name, value) -> environment.add(variable(name, value)));
    var arguments = new ArrayList<>(sandbox.command());
    arguments.set(0, sandbox.programName());
    call(
        RUN + command, EXECUTE, tape.text(command), tape.texts(arguments), tape.texts(environment));
  }

  /// The program that the call was to run, if it is that call.
  static Optional<String> program(String call) {
    return call.startsWith(RUN) ? Optional.of(call.substring(RUN.length())) : Optional.empty();
  }

  private static RawText variable(RawText name, RawText value) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(name.toBytes());
    out.write('=');
    out.writeBytes(value.toBytes());
    return RawText.of(out.toByteArray());
  }

  /// Says what failed, and ends.
  private void giveUp() {
    var end = new Tape.Label();
    tape.mark(failed);
    tape.call(end, "write", WRITE, STATUS, word(LauncherProgram.REPORT), REPORT_BYTES);
    tape.mark(end);
    tape.call(end, "exit_group", EXIT, 1);
  }

  /// In a user namespace that was just made: who there is, and who that is in the one around it.
  private void become(long user, long group, long userAround, long groupAround) {
    writeProc("self/uid_map", "%d %d 1\n".formatted(user, userAround));
    if (user == 0) {
      writeProc("self/setgroups", "deny");
    }
    writeProc("self/gid_map", "%d %d 1\n".formatted(group, groupAround));
  }

  private void writeProc(String name, String text) {
    call("open /proc/" + name, OPEN_AT, PROC, text(name), WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
    write("write /proc/" + name, NEXT_FREE, text);
  }

  private void write(String what, int file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    call(what, WRITE, file, tape.data(bytes), bytes.length);
    call("close", CLOSE, file);
  }

  private void raiseLoopback() {
    ByteBuffer request = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    request.put((byte) 'l').put((byte) 'o').putShort(16, (short) 1);
    call("socket", SOCKET, 2, 2 | SOCKET_CLOSE_ON_EXEC, 0);
    call("ioctl SIOCSIFFLAGS", IOCTL, NEXT_FREE, SET_FLAGS, tape.data(request.array()));
    call("close", CLOSE, NEXT_FREE);
  }

  private void furnish() {
    String stage = machine.stage().toString();
    call("mount", MOUNT, 0, text("/"), 0, SLAVE_SILENT, 0);
    mount("tmpfs", machine.stage(), NO_SET_ID_DEVICES, "mode=0755");
    call("umask", UMASK, 0);
    folder(root, 0755);
    call(
        "mount " + stage,
        MOUNT,
        tape.text(RawText.of(root)),
        tape.text(RawText.of(root)),
        0,
        BIND,
        0);
    templates();
    var closing = new ArrayList<Path>();
    for (Mount mount : sandbox.mounts()) {
      Path at = inRoom(mount.at());
      parents(at);
      switch (mount) {
        case Mount.ReadOnly(var from, _) -> bind(from, at, READ_ONLY | NO_SET_ID | NO_DEVICES);
        case Mount.Writable(var from, _) -> {
          bind(from, at, NO_SET_ID | NO_DEVICES);
          writable.put(at, from);
        }
        case Mount.Temporary(_, var size) -> temporary(at, size);
        case Mount.Symlink(var target, _) -> symlink(target, at);
        case Mount.Text(var contents, _) -> file(at, contents);
        case Mount.Folder _ -> folder(at, 0755);
        case Mount.Proc _ -> {
          folder(at, 0755);
          mount("proc", at, NO_SET_ID_DEVICES_PROGRAMS, "");
          hideTheHost(at);
          closing.add(at);
        }
        case Mount.Dev(_, var sharedMemory) -> {
          devices(at);
          temporary(at.resolve(Mount.Dev.SHARED_MEMORY), sharedMemory);
          closing.add(at);
        }
      }
    }
    closing.add(root);
    closing.forEach(at -> restrict(at, READ_ONLY, 0));
  }

  private Path inRoom(Path at) {
    return root.resolve(Path.of("/").relativize(at));
  }

  private void parents(Path at) {
    Path parent = at.getParent();
    if (parent != null && !parent.equals(root) && made.add(parent)) {
      parents(parent);
      makeDirectory(parent, 0700).whateverComes();
    }
  }

  private Tape.Call makeDirectory(Path at, int mode) {
    return call("mkdir " + at, MAKE_DIRECTORY, tape.text(RawText.of(at)), mode);
  }

  /// What is there already is used; where nothing can be made, what comes next fails.
  private void folder(Path at, int mode) {
    if (made.add(at)) {
      makeDirectory(at, mode).whateverComes();
    }
  }

  private void emptyFile(Path at) {
    call("mknod " + at, MAKE_NODE, tape.text(RawText.of(at)), REGULAR_FILE, 0).whateverComes();
  }

  /// On a disk a link costs a fraction of a file, which file systems look for a place for.
  private void emptyFileOnDisk(Path onDisk, Path at) {
    var linked = new Tape.Label();
    var made = new Tape.Label();
    tape.call(linked, "link " + at, LINK, nothing, tape.text(RawText.of(onDisk)))
        .then(tape.at(made));
    tape.mark(linked);
    emptyFile(at);
    tape.mark(made);
  }

  private void file(Path at, String contents) {
    call("create " + at, OPEN, tape.text(RawText.of(at)), CREATE_NEW | WRITE_ONLY, 0444);
    write("write " + at, NEXT_FREE, contents);
  }

  private void symlink(RawText target, Path at) {
    call("symlink " + at, SYMLINK, tape.text(target), tape.text(RawText.of(at)));
  }

  private void mount(String kind, Path at, int flags, String options) {
    Tape.Data name = text(kind);
    call("mount " + kind, MOUNT, name, tape.text(RawText.of(at)), name, flags, text(options));
  }

  private void temporary(Path at, long size) {
    folder(at, 0755);
    mount("tmpfs", at, NO_SET_ID_DEVICES, "mode=01777,size=" + size);
  }

  private void bind(Path from, Path at, long rights) {
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      folder(at, 0755);
    } else {
      onDisk(at).ifPresentOrElse(place -> emptyFileOnDisk(place, at), () -> emptyFile(at));
    }
    Path template = from.getParent() == null ? null : templates.get(from.getParent());
    if (template != null && (rights & READ_ONLY) != 0) {
      // Has the rights of what it is taken from.
      bindAsItIs(template.resolve(from.getFileName()), at);
    } else {
      bindAsItIs(from, at);
      restrict(at, rights, ALL_BELOW);
    }
  }

  /// The place on this machine that what is at `at` has, if that is in a folder that the command
  /// may write.
  private Optional<Path> onDisk(Path at) {
    Path folder = writable.get(at.getParent());
    return folder == null ? Optional.empty() : Optional.of(folder.resolve(at.getFileName()));
  }

  private void bindAsItIs(Path from, Path at) {
    call(
        "mount " + from, MOUNT, tape.text(RawText.of(from)), tape.text(RawText.of(at)), 0, BIND, 0);
  }

  private void restrict(Path at, long rights, int below) {
    Tape.Data wanted =
        attributes.computeIfAbsent(
            rights, _ -> tape.words(List.of(word(rights), word(0), word(0), word(0))));
    call(
        "mount_setattr " + at,
        SET_MOUNT_ATTRIBUTES,
        HERE,
        tape.text(RawText.of(at)),
        below,
        wanted,
        4 * Long.BYTES);
  }

  /// Folders of this machine of which many entries are shown, with the rights that these get.
  private void templates() {
    var counts = new HashMap<Path, Integer>();
    for (Mount mount : sandbox.mounts()) {
      if (mount instanceof Mount.ReadOnly(var from, _)
          && from.getParent() != null
          && from.getParent().getParent() != null) {
        counts.merge(from.getParent(), 1, Integer::sum);
      }
    }
    counts.forEach(
        (folder, count) -> {
          if (count >= MANY) {
            Path template = machine.stage().resolve("from-" + templates.size());
            folder(template, 0755);
            bindAsItIs(folder, template);
            restrict(template, READ_ONLY | NO_SET_ID | NO_DEVICES, ALL_BELOW);
            templates.put(folder, template);
          }
        });
  }

  private void hideTheHost(Path proc) {
    Path first = null;
    for (String name : CommandLine.HIDDEN) {
      if (Files.exists(Path.of("/proc", name))) {
        Path at = proc.resolve(name);
        if (first == null) {
          first = at;
          bindAsItIs(Path.of("/dev/null"), at);
          restrict(at, READ_ONLY | NO_SET_ID | NO_DEVICES, ALL_BELOW);
        } else {
          bindAsItIs(first, at);
        }
      }
    }
  }

  private void devices(Path at) {
    folder(at, 0755);
    mount("tmpfs", at, NO_SET_ID_DEVICES, "mode=0755");
    for (String name : DEVICES) {
      Path device = at.resolve(name);
      emptyFile(device);
      bindAsItIs(Path.of("/dev", name), device);
      restrict(device, NO_SET_ID, ALL_BELOW);
    }
    List<String> streams = List.of("stdin", "stdout", "stderr");
    for (int i = 0; i < streams.size(); i++) {
      symlink(RawText.of("/proc/self/fd/" + i), at.resolve(streams.get(i)));
    }
    symlink(RawText.of("/proc/self/fd"), at.resolve("fd"));
    symlink(RawText.of("/proc/kcore"), at.resolve("core"));
    folder(at.resolve("pts"), 0755);
    folder(at.resolve(Mount.Dev.SHARED_MEMORY), 0755);
    mount("devpts", at.resolve("pts"), NO_SET_ID_PROGRAMS, "newinstance,ptmxmode=0666,mode=620");
    symlink(RawText.of("pts/ptmx"), at.resolve("ptmx"));
  }

  /// The room becomes all there is.
  private void enter() {
    Tape.Data here = text(".");
    call("chdir", CHANGE_DIRECTORY, tape.text(RawText.of(root)));
    call("pivot_root", PIVOT_ROOT, here, here);
    call("umount2", UNMOUNT, here, DETACH);
    call("chdir", CHANGE_DIRECTORY, text("/"));
  }

  /// A user namespace that owns none of the others, and in which none can be made; then no rights.
  private void close() {
    call("unshare", UNSHARE, NEW_USER);
    for (int i = 0; i <= machine.lastCapability(); i++) {
      call("prctl PR_CAPBSET_DROP", PROCESS_CONTROL, DROP_FROM_BOUND, i);
    }
    become(sandbox.identity().user(), sandbox.identity().group(), 0, 0);
    var unwanted = new Tape.Label();
    call("unshare", UNSHARE, NEW_USER).onError(unwanted).then(tape.at(failed));
    tape.mark(unwanted);
    call("prctl PR_CAP_AMBIENT", PROCESS_CONTROL, AMBIENT, CLEAR_AMBIENT);
    Tape.Data header = tape.words(List.of(word(CAPABILITIES_VERSION)));
    Tape.Data none = tape.words(List.of(word(0), word(0), word(0)));
    call("capset", SET_CAPABILITIES, header, none);
    call("close", CLOSE, PROC);
  }
}
