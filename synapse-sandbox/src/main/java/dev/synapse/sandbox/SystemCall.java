package dev.synapse.sandbox;

import java.util.Locale;

/// System calls by their names and numbers in `arch/x86/entry/syscalls/syscall_64.tbl` of Linux.
enum SystemCall {
  READ(0),
  WRITE(1),
  OPEN(2),
  CLOSE(3),
  POLL(7),
  MMAP(9),
  RT_SIGACTION(13),
  RT_SIGPROCMASK(14),
  IOCTL(16),
  DUP2(33),
  GETPID(39),
  SOCKET(41),
  SOCKETPAIR(53),
  CLONE(56),
  EXECVE(59),
  KILL(62),
  CHDIR(80),
  MKDIR(83),
  LINK(86),
  SYMLINK(88),
  UMASK(95),
  GETUID(102),
  GETGID(104),
  SETSID(112),
  CAPSET(126),
  MKNOD(133),
  PERSONALITY(135),
  PIVOT_ROOT(155),
  PRCTL(157),
  SETRLIMIT(160),
  MOUNT(165),
  UMOUNT2(166),
  SETHOSTNAME(170),
  SCHED_SETAFFINITY(203),
  EXIT_GROUP(231),
  WAITID(247),
  OPENAT(257),
  UNSHARE(272),
  PIPE2(293),
  MEMFD_CREATE(319),
  MOUNT_SETATTR(442);

  private final int number;

  SystemCall(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /// As the kernel calls it, for example `pivot_root`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
