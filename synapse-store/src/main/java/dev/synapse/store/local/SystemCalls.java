package dev.synapse.store.local;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// What the store needs of Linux and Java does not offer: `flock`, which is what Nix locks with
/// (locks of Java are of another kind and exclude nobody who uses `flock`), times of links,
/// extended attributes of any kind, and `syncfs`.
final class SystemCalls {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option KEEP_ERROR = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERROR =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final int NOT_PERMITTED = 1;
  private static final int NO_SUCH_FILE = 2;
  private static final int INTERRUPTED = 4;
  private static final int WOULD_BLOCK = 11;
  private static final int NO_SPACE = 28;
  private static final int READ_ONLY = 30;
  private static final int NAME_TOO_LONG = 36;
  private static final int NOT_SUPPORTED = 95;
  private static final int NO_ATTRIBUTE = 61;

  private static final boolean ON_ARM = System.getProperty("os.arch").equals("aarch64");

  // Of <fcntl.h>; two of them are others on AArch64.
  private static final int READ = 0;
  private static final int READ_AND_WRITE = 2;
  private static final int CREATE = 0x40;
  private static final int CLOSE_ON_EXECUTE = 0x80000;
  private static final int ONLY_NAME = 0x200000;
  private static final int ONLY_DIRECTORY = ON_ARM ? 0x4000 : 0x10000;
  private static final int REFUSE_LINK = ON_ARM ? 0x8000 : 0x20000;
  private static final int AT_WORKING_DIRECTORY = -100;
  private static final int DO_NOT_FOLLOW = 0x100;

  // Of <unistd.h>, <sys/file.h> and <sys/stat.h>.
  private static final int FROM_END = 2;
  private static final int LOCK_SHARED = 1;
  private static final int LOCK_EXCLUSIVE = 2;
  private static final int LOCK_WITHOUT_WAITING = 4;
  private static final long LEAVE_TIME = (1L << 30) - 2;

  private SystemCalls() {}

  /// A function of the C library. Its arguments are whole numbers and addresses, at most four.
  private enum Function {
    OPEN("open"),
    CLOSE("close"),
    WRITE("write"),
    SEEK("lseek"),
    LOCK("flock"),
    USER("geteuid"),
    GROUP("getegid"),
    CHANGE_MODE("chmod"),
    CHANGE_OWNER("lchown"),
    SET_TIMES("utimensat"),
    LIST_ATTRIBUTES("llistxattr"),
    REMOVE_ATTRIBUTE("lremovexattr"),
    SYNC_FILE_SYSTEM("syncfs"),
    SYNC_FILE("fsync");

    private static final EnumSet<Function> GIVE_LONG = EnumSet.of(WRITE, SEEK, LIST_ATTRIBUTES);

    private final String symbol;
    private final long address;

    Function(String symbol) {
      this.symbol = symbol;
      this.address = LINKER.defaultLookup().findOrThrow(symbol).address();
    }
  }

  /// One handle for all functions: to make one takes the JVM some ten milliseconds. Linux on x86-64
  /// and on AArch64 passes each argument in a register of 64 bits, of which the function reads as
  /// many as its type has (System V ABI 3.2.3; AAPCS64 6.8.2).
  @SuppressWarnings("restricted")
  private static final MethodHandle CALL =
      LINKER.downcallHandle(FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG), KEEP_ERROR);

  /// The number of the user that this process acts as.
  static int user() {
    return (int) Call.of(Function.USER).result;
  }

  /// The number of the group that this process acts as.
  static int group() {
    return (int) Call.of(Function.GROUP).result;
  }

  /// Opens the file for reading and writing, creating it if `create`, and gives its descriptor,
  /// which no program that is started inherits.
  static int open(Path path, boolean create) throws IOException {
    int flags = CLOSE_ON_EXECUTE | (create ? READ_AND_WRITE | CREATE : READ);
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          Call.of(Function.OPEN, text(arena, path), flags, Mode.OWNER_READS_AND_WRITES)
              .orThrow(path);
    }
  }

  /// Opens a file that is there for reading and writing.
  static int openForWriting(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Call opened = Call.of(Function.OPEN, text(arena, path), CLOSE_ON_EXECUTE | READ_AND_WRITE);
      if (opened.failedWith(NO_SUCH_FILE)) {
        throw new NoSuchFileException(path.toString());
      }
      return (int) opened.orThrow(path);
    }
  }

  /// Opens a directory only to reach what is in it, and to name it whatever happens to its path.
  /// Needs no permission for the directory itself. Refuses a link.
  ///
  /// @throws NoSuchFileException if nothing is there
  static int openDirectory(Path path) throws IOException {
    int flags = CLOSE_ON_EXECUTE | ONLY_NAME | ONLY_DIRECTORY | REFUSE_LINK;
    try (Arena arena = Arena.ofConfined()) {
      Call call = Call.of(Function.OPEN, text(arena, path), flags);
      if (call.failedWith(NO_SUCH_FILE)) {
        throw new NoSuchFileException(path.toString());
      }
      return (int) call.orThrow(path);
    }
  }

  static void close(int descriptor) {
    Call _ = Call.of(Function.CLOSE, descriptor);
  }

  /// Writes all of `bytes` at the place where the descriptor stands.
  static void write(int descriptor, byte[] bytes, Path shown) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long start = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes).address();
      long written = 0;
      while (written < bytes.length) {
        written +=
            Call.of(Function.WRITE, descriptor, start + written, bytes.length - written)
                .orThrow(shown);
      }
    }
  }

  /// The size of what the descriptor is open on, even if it is deleted.
  static long size(int descriptor, Path shown) throws IOException {
    return Call.of(Function.SEEK, descriptor, 0, FROM_END).orThrow(shown);
  }

  /// Takes the lock unless someone else holds it, and says whether it was taken.
  static boolean tryLock(int descriptor, boolean exclusive, Path shown) throws IOException {
    int kind = (exclusive ? LOCK_EXCLUSIVE : LOCK_SHARED) | LOCK_WITHOUT_WAITING;
    while (true) {
      Call call = Call.of(Function.LOCK, descriptor, kind);
      if (call.failedWith(WOULD_BLOCK)) {
        return false;
      }
      if (!call.failedWith(INTERRUPTED)) {
        call.orThrow(shown);
        return true;
      }
    }
  }

  /// Sets the permissions of a file or directory, the special bits included.
  static void changeMode(Path path, int mode) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Call.of(Function.CHANGE_MODE, text(arena, path), mode).orThrow(path);
    }
  }

  /// Gives the entry, and not what it may link to, to the user and the group.
  static void changeOwner(Path path, int user, int group) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Call.of(Function.CHANGE_OWNER, text(arena, path), user, group).orThrow(path);
    }
  }

  /// Sets the time of the last change of the entry, not of what it may link to.
  static void setModified(Path path, long seconds) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long times = arena.allocateFrom(LONG, 0, LEAVE_TIME, seconds, 0).address();
      Call.of(Function.SET_TIMES, AT_WORKING_DIRECTORY, text(arena, path), times, DO_NOT_FOLLOW)
          .orThrow(path);
    }
  }

  /// The names of the extended attributes of the entry; none where the file system has no such.
  static List<String> extendedAttributes(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long file = text(arena, path);
      Call asked = Call.of(Function.LIST_ATTRIBUTES, file);
      if (asked.result == 0 || asked.failedWith(NOT_SUPPORTED)) {
        return List.of();
      }
      MemorySegment list = arena.allocate(asked.orThrow(path));
      long size =
          Call.of(Function.LIST_ATTRIBUTES, file, list.address(), list.byteSize()).orThrow(path);
      List<String> names = new ArrayList<>();
      long at = 0;
      while (at < size) {
        String name = list.getString(at);
        names.add(name);
        at += name.getBytes(StandardCharsets.UTF_8).length + 1;
      }
      return names;
    }
  }

  /// Removes an extended attribute of the entry, if it is there.
  static void removeExtendedAttribute(Path path, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Call call =
          Call.of(Function.REMOVE_ATTRIBUTE, text(arena, path), arena.allocateFrom(name).address());
      if (!call.failedWith(NO_ATTRIBUTE)) {
        call.orThrow(path);
      }
    }
  }

  /// Waits until all that was written to the file system of `path` is on the disk.
  static void syncFileSystem(Path path) throws IOException {
    sync(Function.SYNC_FILE_SYSTEM, path);
  }

  /// Waits until the file, or the directory's list of entries, is on the disk.
  static void sync(Path path) throws IOException {
    sync(Function.SYNC_FILE, path);
  }

  private static void sync(Function how, Path path) throws IOException {
    int descriptor = open(path, false);
    try {
      Call.of(how, descriptor).orThrow(path);
    } finally {
      close(descriptor);
    }
  }

  /// The address of the path's text, as C has it, for as long as the arena is open.
  private static long text(Arena arena, Path path) {
    byte[] bytes = ByteString.ofPath(path).toByteArray();
    MemorySegment copy = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return copy.address();
  }

  /// One call and how it ended.
  private record Call(Function function, long result, int error) {
    static Call of(Function function) {
      return of(function, 0, 0, 0, 0);
    }

    static Call of(Function function, long first) {
      return of(function, first, 0, 0, 0);
    }

    static Call of(Function function, long first, long second) {
      return of(function, first, second, 0, 0);
    }

    static Call of(Function function, long first, long second, long third) {
      return of(function, first, second, third, 0);
    }

    static Call of(Function function, long first, long second, long third, long fourth) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        long given =
            (long)
                CALL.invokeExact(
                    MemorySegment.ofAddress(function.address), state, first, second, third, fourth);
        long result = Function.GIVE_LONG.contains(function) ? given : (int) given;
        return new Call(function, result, (int) ERROR.get(state, 0L));
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    boolean failedWith(int number) {
      return result < 0 && error == number;
    }

    long orThrow(Path path) throws IOException {
      if (result >= 0) {
        return result;
      }
      String reason =
          switch (error) {
            case NOT_PERMITTED -> "Operation not permitted";
            case NO_SUCH_FILE -> "No such file or directory";
            case NO_SPACE -> "No space left on device";
            case READ_ONLY -> "Read-only file system";
            case NAME_TOO_LONG -> "File name too long";
            default -> "error number " + error;
          };
      throw new FileSystemException(path.toString(), null, reason + " (" + function.symbol + ")");
    }
  }
}
