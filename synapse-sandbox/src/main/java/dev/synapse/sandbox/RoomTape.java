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

  // What arguments of system calls mean. Where no other name is given, they are those of the man
  // page of the call; numbers are in the headers of Linux.
  private static final int WRITE_ONLY = 01; // open(2): O_WRONLY
  private static final int CREATE_NEW = 0300; // O_CREAT, O_EXCL
  private static final int DIRECTORY_ITSELF = 012200000; // O_PATH, O_DIRECTORY, O_CLOEXEC
  private static final int FOLDER_MODE = 0755;
  private static final int PASSAGE_MODE = 0700; // of a folder that only leads to a mount
  private static final int TEXT_MODE = 0444;
  private static final int REGULAR_FILE = 0100444; // inode(7): S_IFREG
  private static final int UMASK = 0022;
  private static final int HERE = -100; // AT_FDCWD
  private static final int ALL_BELOW = 0x8000; // AT_RECURSIVE

  private static final int UNIX = 1; // socket(2): AF_UNIX
  private static final int INTERNET = 2; // AF_INET
  private static final int STREAM = 1; // SOCK_STREAM
  private static final int DATAGRAMS = 2; // SOCK_DGRAM
  private static final int SOCKET_CLOSE_ON_EXEC = 02000000; // SOCK_CLOEXEC
  private static final int SET_FLAGS = 0x8914; // netdevice(7): SIOCSIFFLAGS
  private static final int INTERFACE_NAME_BYTES = 16; // IFNAMSIZ; the flags are behind the name
  private static final int INTERFACE_REQUEST_BYTES = 40; // struct ifreq
  private static final short INTERFACE_UP = 1; // IFF_UP

  private static final int BIND = 0x5000; // mount(2): MS_BIND, MS_REC
  private static final int SLAVE_SILENT = 0x8C000; // MS_SLAVE, MS_REC, MS_SILENT
  private static final int NO_SET_ID_DEVICES = 6; // MS_NOSUID, MS_NODEV
  private static final int NO_SET_ID_DEVICES_PROGRAMS = 14; // and MS_NOEXEC
  private static final int NO_SET_ID_PROGRAMS = 10; // MS_NOSUID, MS_NOEXEC
  private static final int DETACH = 2; // umount(2): MNT_DETACH
  private static final long READ_ONLY = 1; // mount_setattr(2): MOUNT_ATTR_RDONLY
  private static final long NO_SET_ID = 2; // MOUNT_ATTR_NOSUID
  private static final long NO_DEVICES = 4; // MOUNT_ATTR_NODEV
  private static final int MOUNT_ATTRIBUTES_BYTES = 4 * Long.BYTES; // struct mount_attr

  private static final long NEW_USER = 0x10000000; // clone(2): CLONE_NEWUSER
  private static final long NEW_NAMESPACES = 0x7E020000 | LauncherProgram.SIGCHLD; // all CLONE_NEW*
  private static final int SIGKILL = 9;
  private static final int SET_MASK = 2; // sigprocmask(2): SIG_SETMASK
  private static final int FIXED_ADDRESSES = 0x0040000; // personality(2): ADDR_NO_RANDOMIZE
  private static final String RUN = "execve ";
  private static final int EXITED = 4; // waitid(2): WEXITED
  private static final int LEAVE_IT = 0x01000000; // WNOWAIT
  private static final int ANSWER_BYTES = 128; // siginfo_t

  private static final int DEATH_SIGNAL = 1; // prctl(2): PR_SET_PDEATHSIG
  private static final int SECCOMP = 22; // PR_SET_SECCOMP
  private static final int SECCOMP_FILTER = 2; // SECCOMP_MODE_FILTER
  private static final int FILTER_STEP_BYTES = 8; // struct sock_filter
  private static final int DROP_FROM_BOUND = 24; // PR_CAPBSET_DROP
  private static final int NO_NEW_RIGHTS = 38; // PR_SET_NO_NEW_PRIVS
  private static final int AMBIENT = 47; // PR_CAP_AMBIENT
  private static final int CLEAR_AMBIENT = 4; // PR_CAP_AMBIENT_CLEAR_ALL
  private static final int CAPABILITIES_VERSION = 0x20080522; // capset(2): version 3

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

  private Tape.Call call(SystemCall call, Object... arguments) {
    return call(call.toString(), call, arguments);
  }

  /// @param what it does, for people, if it fails
  private Tape.Call call(String what, SystemCall call, Object... arguments) {
    return tape.call(failed, what, call.number(), arguments);
  }

  private void keep(Surroundings surroundings) {
    var end = new Tape.Label();
    var first = new Tape.Label();
    var ended = new Tape.Label();
    var holding = new Tape.Label();
    var pair = tape.words(List.of(word(0)));
    var note = tape.data(new byte[1]);
    call(
            "status",
            SystemCall.OPEN,
            text(surroundings.files().get(0)),
            WRITE_ONLY | Kernel.CLOSE_ON_EXEC)
        .onError(end);
    call(
        "output",
        SystemCall.OPEN,
        text(surroundings.files().get(1)),
        WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
    call("hold", SystemCall.OPEN, text(surroundings.files().get(2)), Kernel.CLOSE_ON_EXEC);
    call(SystemCall.PRCTL, DEATH_SIGNAL, SIGKILL);
    Tape.Data self = report(KEEPER);
    call(SystemCall.GETPID).into(second(self));
    call(SystemCall.WRITE, STATUS, self, REPORT_BYTES);
    call(SystemCall.READ, HOLD, note, 1).onZero(end);
    var plain = tape.words(List.of(word(0), word(0), word(0), word(0)));
    call(SystemCall.RT_SIGACTION, LauncherProgram.SIGCHLD, plain, 0, Long.BYTES);
    for (Path group : surroundings.join()) {
      call(
          "open " + group,
          SystemCall.OPEN,
          tape.text(RawText.of(group)),
          WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
      write("write " + group, KEEPERS_END, "0");
    }
    for (HardLimit limit : surroundings.limits()) {
      var both = tape.words(List.of(word(limit.value()), word(limit.value())));
      call("setrlimit " + limit.resource(), SystemCall.SETRLIMIT, limit.resource().number(), both);
    }
    surroundings
        .processors()
        .ifPresent(
            processors -> {
              byte[] set = Arrays.copyOf(processors.toByteArray(), ProcessorAffinity.SET_BYTES);
              call(SystemCall.SCHED_SETAFFINITY, 0, set.length, tape.data(set));
            });
    // The orders are not for the command.
    call("open /dev/null", SystemCall.OPEN, text("/dev/null"), 0);
    call(SystemCall.DUP2, KEEPERS_END, 0);
    call(SystemCall.CLOSE, KEEPERS_END);
    call(SystemCall.SOCKETPAIR, UNIX, STREAM | SOCKET_CLOSE_ON_EXEC, 0, pair);
    Tape.Data known = report(FIRST);
    call(SystemCall.CLONE, NEW_NAMESPACES).into(second(known)).onZero(first);
    call(SystemCall.WRITE, STATUS, known, REPORT_BYTES);
    call(SystemCall.CLOSE, FIRSTS_END);
    call(SystemCall.CLOSE, OUTPUT);
    call(SystemCall.READ, KEEPERS_END, note, 1).onZero(ended).onError(ended);
    call(SystemCall.WRITE, KEEPERS_END, note, 1);
    tape.mark(ended);
    // What the kernel says of it comes right behind the word.
    Tape.Data how = tape.words(List.of(word(ENDED)));
    Tape.Data answer = tape.data(new byte[ANSWER_BYTES]);
    call(SystemCall.WAITID, 0, 0, answer, EXITED | LEAVE_IT, 0);
    call(SystemCall.WRITE, STATUS, how, REPORT_BYTES);
    tape.mark(holding);
    call(SystemCall.READ, HOLD, note, 1).onMore(holding);
    call(SystemCall.WAITID, 0, 0, answer, EXITED, 0);
    tape.mark(end);
    call(SystemCall.EXIT_GROUP, 0);
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
    call(SystemCall.CLOSE, KEEPERS_END);
    call(SystemCall.PRCTL, NO_NEW_RIGHTS, 1);
    call(SystemCall.RT_SIGPROCMASK, SET_MASK, tape.words(List.of(word(0))), 0, Long.BYTES);
    // A number to open it by, for once the host's /proc is gone.
    call("open /proc", SystemCall.OPEN, text("/proc"), DIRECTORY_ITSELF);
    become(0, 0, machine.user(), machine.group());
    writeProc("sys/user/max_user_namespaces", "1");
    raiseLoopback();
    byte[] hostName = sandbox.identity().hostName().getBytes(StandardCharsets.US_ASCII);
    call(SystemCall.SETHOSTNAME, tape.data(hostName), hostName.length);
    call(SystemCall.DUP2, OUTPUT, 1);
    call(SystemCall.DUP2, OUTPUT, 2);
    furnish();
    enter();
    close();
    call(SystemCall.UMASK, UMASK);
    RawText folder = RawText.of(sandbox.workingDirectory());
    call("chdir " + folder, SystemCall.CHDIR, tape.text(folder));
    call(SystemCall.SETSID);
    call(SystemCall.PRCTL, DEATH_SIGNAL, SIGKILL);
    // From here on it ends with the keeper; and this says whether the keeper is still there.
    Tape.Data note = tape.data(new byte[1]);
    call(SystemCall.WRITE, FIRSTS_END, note, 1);
    call(SystemCall.READ, FIRSTS_END, note, 1).onZero(failed);
    call(SystemCall.PERSONALITY, FIXED_ADDRESSES).whateverComes(); // a container may forbid it
    Tape.Data filter = tape.data(machine.filter());
    Tape.Data program =
        tape.words(List.of(word(machine.filter().remaining() / FILTER_STEP_BYTES), filter));
    call("prctl seccomp", SystemCall.PRCTL, SECCOMP, SECCOMP_FILTER, program);
    RawText command = sandbox.command().getFirst();
    var environment = new ArrayList<RawText>();
    sandbox.environment().forEach((name, value) -> environment.add(variable(name, value)));
    var arguments = new ArrayList<>(sandbox.command());
    arguments.set(0, sandbox.programName());
    call(
        RUN + command,
        SystemCall.EXECVE,
        tape.text(command),
        tape.texts(arguments),
        tape.texts(environment));
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
    tape.call(
        end,
        "write",
        SystemCall.WRITE.number(),
        STATUS,
        word(LauncherProgram.REPORT),
        REPORT_BYTES);
    tape.mark(end);
    tape.call(end, "exit_group", SystemCall.EXIT_GROUP.number(), 1);
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
    call(
        "open /proc/" + name,
        SystemCall.OPENAT,
        PROC,
        text(name),
        WRITE_ONLY | Kernel.CLOSE_ON_EXEC);
    write("write /proc/" + name, NEXT_FREE, text);
  }

  private void write(String what, int file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    call(what, SystemCall.WRITE, file, tape.data(bytes), bytes.length);
    call(SystemCall.CLOSE, file);
  }

  private void raiseLoopback() {
    ByteBuffer request =
        ByteBuffer.allocate(INTERFACE_REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    request.put((byte) 'l').put((byte) 'o').putShort(INTERFACE_NAME_BYTES, INTERFACE_UP);
    call(SystemCall.SOCKET, INTERNET, DATAGRAMS | SOCKET_CLOSE_ON_EXEC, 0);
    call("ioctl SIOCSIFFLAGS", SystemCall.IOCTL, NEXT_FREE, SET_FLAGS, tape.data(request.array()));
    call(SystemCall.CLOSE, NEXT_FREE);
  }

  private void furnish() {
    String stage = machine.stage().toString();
    call(SystemCall.MOUNT, 0, text("/"), 0, SLAVE_SILENT, 0);
    mount("tmpfs", machine.stage(), NO_SET_ID_DEVICES, "mode=0755");
    call(SystemCall.UMASK, 0);
    folder(root, FOLDER_MODE);
    call(
        "mount " + stage,
        SystemCall.MOUNT,
        tape.text(RawText.of(root)),
        tape.text(RawText.of(root)),
        0,
        BIND,
        0);
    templates();
    for (Mount mount : sandbox.mounts()) {
      Path at = inRoom(mount.at());
      parents(at);
      make(mount, at);
    }
    // Last, for until here mount points are made in them.
    for (Mount mount : sandbox.mounts()) {
      if (mount instanceof Mount.OfKernel) {
        restrict(inRoom(mount.at()), READ_ONLY, 0);
      }
    }
    restrict(root, READ_ONLY, 0);
  }

  private void make(Mount mount, Path at) {
    switch (mount) {
      case Mount.ReadOnly(var from, _) -> bind(from, at, READ_ONLY | NO_SET_ID | NO_DEVICES);
      case Mount.Writable(var from, _) -> {
        bind(from, at, NO_SET_ID | NO_DEVICES);
        writable.put(at, from);
      }
      case Mount.Temporary(_, var size) -> temporary(at, size);
      case Mount.Symlink(var target, _) -> symlink(target, at);
      case Mount.Text(var contents, _) -> file(at, contents);
      case Mount.Folder _ -> folder(at, FOLDER_MODE);
      case Mount.OfKernel kernels -> makeOfKernel(kernels, at);
    }
  }

  private void makeOfKernel(Mount.OfKernel mount, Path at) {
    switch (mount) {
      case Mount.Proc _ -> {
        folder(at, FOLDER_MODE);
        mount("proc", at, NO_SET_ID_DEVICES_PROGRAMS, "");
        hideTheHost(at);
      }
      case Mount.Dev(_, var sharedMemory) -> {
        devices(at);
        temporary(at.resolve(Mount.Dev.SHARED_MEMORY), sharedMemory);
      }
    }
  }

  private Path inRoom(Path at) {
    return root.resolve(Path.of("/").relativize(at));
  }

  private void parents(Path at) {
    Path parent = at.getParent();
    if (parent != null && !parent.equals(root) && made.add(parent)) {
      parents(parent);
      makeDirectory(parent, PASSAGE_MODE).whateverComes();
    }
  }

  private Tape.Call makeDirectory(Path at, int mode) {
    return call("mkdir " + at, SystemCall.MKDIR, tape.text(RawText.of(at)), mode);
  }

  /// What is there already is used; where nothing can be made, what comes next fails.
  private void folder(Path at, int mode) {
    if (made.add(at)) {
      makeDirectory(at, mode).whateverComes();
    }
  }

  private void emptyFile(Path at) {
    call("mknod " + at, SystemCall.MKNOD, tape.text(RawText.of(at)), REGULAR_FILE, 0)
        .whateverComes();
  }

  /// On a disk a link costs a fraction of a file, which file systems look for a place for.
  private void emptyFileOnDisk(Path onDisk, Path at) {
    var linked = new Tape.Label();
    var made = new Tape.Label();
    tape.call(
            linked, "link " + at, SystemCall.LINK.number(), nothing, tape.text(RawText.of(onDisk)))
        .then(tape.at(made));
    tape.mark(linked);
    emptyFile(at);
    tape.mark(made);
  }

  private void file(Path at, String contents) {
    call(
        "create " + at,
        SystemCall.OPEN,
        tape.text(RawText.of(at)),
        CREATE_NEW | WRITE_ONLY,
        TEXT_MODE);
    write("write " + at, NEXT_FREE, contents);
  }

  private void symlink(RawText target, Path at) {
    call("symlink " + at, SystemCall.SYMLINK, tape.text(target), tape.text(RawText.of(at)));
  }

  private void mount(String kind, Path at, int flags, String options) {
    Tape.Data name = text(kind);
    call(
        "mount " + kind,
        SystemCall.MOUNT,
        name,
        tape.text(RawText.of(at)),
        name,
        flags,
        text(options));
  }

  private void temporary(Path at, long size) {
    folder(at, FOLDER_MODE);
    mount("tmpfs", at, NO_SET_ID_DEVICES, "mode=01777,size=" + size);
  }

  private void bind(Path from, Path at, long rights) {
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      folder(at, FOLDER_MODE);
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
        "mount " + from,
        SystemCall.MOUNT,
        tape.text(RawText.of(from)),
        tape.text(RawText.of(at)),
        0,
        BIND,
        0);
  }

  private void restrict(Path at, long rights, int below) {
    Tape.Data wanted =
        attributes.computeIfAbsent(
            rights, _ -> tape.words(List.of(word(rights), word(0), word(0), word(0))));
    call(
        "mount_setattr " + at,
        SystemCall.MOUNT_SETATTR,
        HERE,
        tape.text(RawText.of(at)),
        below,
        wanted,
        MOUNT_ATTRIBUTES_BYTES);
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
            folder(template, FOLDER_MODE);
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
    folder(at, FOLDER_MODE);
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
    folder(at.resolve("pts"), FOLDER_MODE);
    folder(at.resolve(Mount.Dev.SHARED_MEMORY), FOLDER_MODE);
    mount("devpts", at.resolve("pts"), NO_SET_ID_PROGRAMS, "newinstance,ptmxmode=0666,mode=620");
    symlink(RawText.of("pts/ptmx"), at.resolve("ptmx"));
  }

  /// The room becomes all there is.
  private void enter() {
    Tape.Data here = text(".");
    call(SystemCall.CHDIR, tape.text(RawText.of(root)));
    call(SystemCall.PIVOT_ROOT, here, here);
    call(SystemCall.UMOUNT2, here, DETACH);
    call(SystemCall.CHDIR, text("/"));
  }

  /// A user namespace that owns none of the others, and in which none can be made; then no rights.
  private void close() {
    call(SystemCall.UNSHARE, NEW_USER);
    for (int i = 0; i <= machine.lastCapability(); i++) {
      call("prctl PR_CAPBSET_DROP", SystemCall.PRCTL, DROP_FROM_BOUND, i);
    }
    become(sandbox.identity().user(), sandbox.identity().group(), 0, 0);
    var unwanted = new Tape.Label();
    call(SystemCall.UNSHARE, NEW_USER).onError(unwanted).then(tape.at(failed));
    tape.mark(unwanted);
    call("prctl PR_CAP_AMBIENT", SystemCall.PRCTL, AMBIENT, CLEAR_AMBIENT);
    Tape.Data header = tape.words(List.of(word(CAPABILITIES_VERSION)));
    Tape.Data none = tape.words(List.of(word(0), word(0), word(0)));
    call(SystemCall.CAPSET, header, none);
    call(SystemCall.CLOSE, PROC);
  }
}
