package dev.synapse.sandbox.seccomp;

import java.util.List;
import java.util.Optional;

/// The rules on what a sandboxed process may ask of the kernel, for x86_64.
///
/// Everything is allowed but what this names: what could leave a set-id bit or an extended
/// attribute on an output, look into or change other processes and the machine, make namespaces or
/// mounts, or reach networks that have no namespace (vsock, Bluetooth). Two things keep builds the
/// same on every kernel: a call newer than this list does not exist, and one whose arguments a
/// filter can't read (`clone3`, `openat2`, `io_uring`) answers ENOSYS, upon which programs fall
/// back to the older call.
///
/// Numbers: `arch/x86/entry/syscalls/syscall_64.tbl` of Linux.
public final class SystemCallFilter {
  static final int ARCHITECTURE_X86_64 = 0xC000003E;

  static final int ALLOW = 0x7fff0000;
  static final int KILL_PROCESS = 0x80000000;
  static final int ERRNO = 0x00050000;

  static final int EPERM = 1;
  static final int ENOSYS = 38;
  static final int ENOTSUP = 95;
  static final int EAFNOSUPPORT = 97;

  private static final int NUMBER_OFFSET = 0;
  private static final int ARCHITECTURE_OFFSET = 4;
  private static final int FIRST_ARGUMENT_OFFSET = 16;
  private static final int ARGUMENT_BYTES = 8;

  /// Set in the number of a call by the 32-bit pointer variant of the same machine.
  private static final int X32 = 0x40000000;

  /// setxattrat; it and all later ones are not there.
  static final int FIRST_UNKNOWN = 463;

  private static final int IOCTL = 16;
  private static final int SOCKET = 41;
  private static final int SOCKETPAIR = 53;
  private static final int CLONE = 56;

  private static final int SET_ID_BITS = 06000;
  private static final int CREATE_FLAGS = 0x40 | 0x400000; // O_CREAT, __O_TMPFILE
  private static final int NEW_NAMESPACES = 0x7E020000; // every CLONE_NEW* that clone() knows
  private static final int TYPE_MASK = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int TIOCSTI = 0x5412;
  private static final int TIOCLINUX = 0x541C;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;

  /// A call by name and number.
  record Call(String name, int number) {}

  static final List<Call> REFUSED =
      List.of(
          new Call("ptrace", 101),
          new Call("syslog", 103),
          new Call("uselib", 134),
          new Call("sysfs", 139),
          new Call("vhangup", 153),
          new Call("pivot_root", 155),
          new Call("_sysctl", 156),
          new Call("adjtimex", 159),
          new Call("chroot", 161),
          new Call("acct", 163),
          new Call("settimeofday", 164),
          new Call("mount", 165),
          new Call("umount2", 166),
          new Call("swapon", 167),
          new Call("swapoff", 168),
          new Call("reboot", 169),
          new Call("sethostname", 170),
          new Call("setdomainname", 171),
          new Call("iopl", 172),
          new Call("ioperm", 173),
          new Call("create_module", 174),
          new Call("init_module", 175),
          new Call("delete_module", 176),
          new Call("quotactl", 179),
          new Call("nfsservctl", 180),
          new Call("lookup_dcookie", 212),
          new Call("clock_settime", 227),
          new Call("kexec_load", 246),
          new Call("add_key", 248),
          new Call("request_key", 249),
          new Call("keyctl", 250),
          new Call("unshare", 272),
          new Call("move_pages", 279),
          new Call("perf_event_open", 298),
          new Call("fanotify_init", 300),
          new Call("open_by_handle_at", 304),
          new Call("clock_adjtime", 305),
          new Call("setns", 308),
          new Call("process_vm_readv", 310),
          new Call("process_vm_writev", 311),
          new Call("kcmp", 312),
          new Call("finit_module", 313),
          new Call("kexec_file_load", 320),
          new Call("bpf", 321),
          new Call("userfaultfd", 323),
          new Call("open_tree", 428),
          new Call("move_mount", 429),
          new Call("fsopen", 430),
          new Call("fsconfig", 431),
          new Call("fsmount", 432),
          new Call("fspick", 433),
          new Call("pidfd_getfd", 438),
          new Call("mount_setattr", 442),
          new Call("quotactl_fd", 443));

  static final List<Call> NOT_SUPPORTED =
      List.of(
          new Call("setxattr", 188),
          new Call("lsetxattr", 189),
          new Call("fsetxattr", 190),
          new Call("removexattr", 197),
          new Call("lremovexattr", 198),
          new Call("fremovexattr", 199));

  static final List<Call> ABSENT =
      List.of(
          new Call("io_uring_setup", 425),
          new Call("io_uring_enter", 426),
          new Call("io_uring_register", 427),
          new Call("clone3", 435),
          new Call("openat2", 437),
          new Call("statmount", 457),
          new Call("listmount", 458));

  /// Calls whose argument `mode` must hold no set-id bit.
  record ModeCall(String name, int number, int mode) {}

  static final List<ModeCall> CHANGE_MODE =
      List.of(
          new ModeCall("creat", 85, 1),
          new ModeCall("chmod", 90, 1),
          new ModeCall("fchmod", 91, 1),
          new ModeCall("fchmodat", 268, 2),
          new ModeCall("fchmodat2", 452, 2));

  /// Calls whose argument `mode` counts only when the flags, the argument before it, create.
  static final List<ModeCall> OPEN =
      List.of(new ModeCall("open", 2, 2), new ModeCall("openat", 257, 3));

  /// Calls whose argument `mode` must name no device and hold no set-id bit.
  static final List<ModeCall> MAKE_NODE =
      List.of(new ModeCall("mknod", 133, 1), new ModeCall("mknodat", 259, 2));

  private SystemCallFilter() {}

  /// The filter's program for machines of `architecture`, as `os.arch` names them; empty where
  /// there is none yet.
  public static Optional<byte[]> program(String architecture) {
    return architecture.equals("amd64") || architecture.equals("x86_64")
        ? Optional.of(x86())
        : Optional.empty();
  }

  private static byte[] x86() {
    var filter = new Assembler();
    filter.load(ARCHITECTURE_OFFSET).ifEqual(ARCHITECTURE_X86_64, "number");
    filter.returns(KILL_PROCESS);
    filter.label("number").load(NUMBER_OFFSET);
    filter.ifAtLeast(X32, "absent").ifAtLeast(FIRST_UNKNOWN, "absent");
    CHANGE_MODE.forEach(call -> filter.ifEqual(call.number(), call.name()));
    OPEN.forEach(call -> filter.ifEqual(call.number(), call.name()));
    MAKE_NODE.forEach(call -> filter.ifEqual(call.number(), call.name()));
    filter.ifEqual(IOCTL, "ioctl").ifEqual(CLONE, "clone");
    filter.ifEqual(SOCKET, "socket").ifEqual(SOCKETPAIR, "socket");
    REFUSED.forEach(call -> filter.ifEqual(call.number(), "refused"));
    NOT_SUPPORTED.forEach(call -> filter.ifEqual(call.number(), "not supported"));
    ABSENT.forEach(call -> filter.ifEqual(call.number(), "absent"));
    filter.returns(ALLOW);

    for (ModeCall call : CHANGE_MODE) {
      filter.label(call.name()).load(argument(call.mode())).ifAnyBit(SET_ID_BITS, "refused");
      filter.returns(ALLOW);
    }
    for (ModeCall call : OPEN) {
      filter.label(call.name()).load(argument(call.mode() - 1));
      filter.ifAnyBit(CREATE_FLAGS, call.name() + " creates").returns(ALLOW);
      filter.label(call.name() + " creates").load(argument(call.mode()));
      filter.ifAnyBit(SET_ID_BITS, "refused").returns(ALLOW);
    }
    for (ModeCall call : MAKE_NODE) {
      filter.label(call.name()).load(argument(call.mode())).ifAnyBit(SET_ID_BITS, "refused");
      filter.and(TYPE_MASK).ifEqual(CHARACTER_DEVICE, "refused").ifEqual(BLOCK_DEVICE, "refused");
      filter.returns(ALLOW);
    }
    filter.label("ioctl").load(argument(1));
    filter.ifEqual(TIOCSTI, "refused").ifEqual(TIOCLINUX, "refused").returns(ALLOW);
    filter.label("socket").load(argument(0));
    filter.ifEqual(AF_UNIX, "allowed").ifEqual(AF_INET, "allowed").ifEqual(AF_INET6, "allowed");
    filter.ifEqual(AF_NETLINK, "allowed").returns(ERRNO | EAFNOSUPPORT);
    filter.label("clone").load(argument(0)).ifAnyBit(NEW_NAMESPACES, "refused");
    filter.label("allowed").returns(ALLOW);
    filter.label("refused").returns(ERRNO | EPERM);
    filter.label("not supported").returns(ERRNO | ENOTSUP);
    filter.label("absent").returns(ERRNO | ENOSYS);
    return filter.assemble();
  }

  /// The lower half of an argument: all that the kernel reads of modes, flags and families.
  private static int argument(int index) {
    return FIRST_ARGUMENT_OFFSET + index * ARGUMENT_BYTES;
  }
}
