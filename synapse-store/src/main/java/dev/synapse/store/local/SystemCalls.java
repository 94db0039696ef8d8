package dev.synapse.store.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the store needs of Linux and Java does not offer: `flock`, which is what Nix locks with
/// (locks of Java are of another kind and exclude nobody who uses `flock`), times of links,
/// extended attributes of any kind, and `syncfs`. Each function is looked up when first used.
final class SystemCalls {
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
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
  private static final int NOT_SUPPORTED = 95;
  private static final int NO_ATTRIBUTE = 61;

  private static final int AT_WORKING_DIRECTORY = -100;
  private static final int DO_NOT_FOLLOW = 0x100;
  private static final long LEAVE_TIME = (1L << 30) - 2;

  private SystemCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle find(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        KEEP_ERROR);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle findVariadic(
      String name, MemoryLayout result, int fixed, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        KEEP_ERROR,
        Linker.Option.firstVariadicArg(fixed));
  }

  private static final class Files {
    static final MethodHandle OPEN = findVariadic("open", INT, 2, POINTER, INT, INT);
    static final MethodHandle CLOSE = find("close", INT, INT);
    static final MethodHandle WRITE = find("write", LONG, INT, POINTER, LONG);
    static final MethodHandle SEEK = find("lseek", LONG, INT, LONG, INT);
    static final MethodHandle LOCK = find("flock", INT, INT, INT);
  }

  private static final class Metadata {
    static final MethodHandle USER = find("geteuid", INT);
    static final MethodHandle GROUP = find("getegid", INT);
    static final MethodHandle CHANGE_MODE = find("chmod", INT, POINTER, INT);
    static final MethodHandle CHANGE_OWNER = find("lchown", INT, POINTER, INT, INT);
    static final MethodHandle SET_TIMES = find("utimensat", INT, INT, POINTER, POINTER, INT);
    static final MethodHandle LIST_ATTRIBUTES = find("llistxattr", LONG, POINTER, POINTER, LONG);
    static final MethodHandle REMOVE_ATTRIBUTE = find("lremovexattr", INT, POINTER, POINTER);
  }

  private static final class Sync {
    static final MethodHandle FILE_SYSTEM = find("syncfs", INT, INT);
    static final MethodHandle FILE = find("fsync", INT, INT);
  }

  /// The number of the user that this process acts as.
  static int user() {
    return (int) Call.of(call -> (int) Metadata.USER.invokeExact(call.state)).result;
  }

  /// The number of the group that this process acts as.
  static int group() {
    return (int) Call.of(call -> (int) Metadata.GROUP.invokeExact(call.state)).result;
  }

  /// Opens the file for reading and writing, creating it if `create`, and gives its descriptor,
  /// which no program that is started inherits.
  static int open(Path path, boolean create) throws IOException {
    int closeOnExecute = 0x80000;
    int flags = closeOnExecute | (create ? 2 | 0x40 : 0);
    return (int)
        Call.of(
                call ->
                    (int) Files.OPEN.invokeExact(call.state, call.text(bytesOf(path)), flags, 0600))
            .orThrow(path, "open");
  }

  static void close(int descriptor) {
    Call _ = Call.of(call -> (int) Files.CLOSE.invokeExact(call.state, descriptor));
  }

  /// Writes one byte.
  static void write(int descriptor, byte value, Path shown) throws IOException {
    Call.of(
            call -> {
              MemorySegment one = call.arena.allocate(1);
              one.set(ValueLayout.JAVA_BYTE, 0, value);
              return (long) Files.WRITE.invokeExact(call.state, descriptor, one, 1L);
            })
        .orThrow(shown, "write");
  }

  /// Writes all of `bytes` at the place where the descriptor stands.
  static void write(int descriptor, byte[] bytes, Path shown) throws IOException {
    for (byte each : bytes) {
      write(descriptor, each, shown);
    }
  }

  /// The size of what the descriptor is open on, even if it is deleted.
  static long size(int descriptor, Path shown) throws IOException {
    return Call.of(call -> (long) Files.SEEK.invokeExact(call.state, descriptor, 0L, 2))
        .orThrow(shown, "lseek");
  }

  /// Takes the lock unless someone else holds it, and says whether it was taken.
  static boolean tryLock(int descriptor, boolean exclusive, Path shown) throws IOException {
    int withoutWaiting = 4;
    int kind = (exclusive ? 2 : 1) | withoutWaiting;
    while (true) {
      Call call = Call.of(made -> (int) Files.LOCK.invokeExact(made.state, descriptor, kind));
      if (call.result < 0 && call.error == WOULD_BLOCK) {
        return false;
      }
      if (call.result >= 0 || call.error != INTERRUPTED) {
        call.orThrow(shown, "flock");
        return true;
      }
    }
  }

  /// Sets the permissions of a file or directory, the special bits included.
  static void changeMode(Path path, int mode) throws IOException {
    Call.of(
            call ->
                (int) Metadata.CHANGE_MODE.invokeExact(call.state, call.text(bytesOf(path)), mode))
        .orThrow(path, "chmod");
  }

  /// Gives the entry, and not what it may link to, to the user and the group.
  static void changeOwner(Path path, int user, int group) throws IOException {
    Call.of(
            call ->
                (int)
                    Metadata.CHANGE_OWNER.invokeExact(
                        call.state, call.text(bytesOf(path)), user, group))
        .orThrow(path, "lchown");
  }

  /// Sets the time of the last change of the entry, not of what it may link to.
  static void setModified(Path path, long seconds) throws IOException {
    Call.of(
            call -> {
              MemorySegment times = call.arena.allocate(LONG, 4);
              times.setAtIndex(LONG, 1, LEAVE_TIME);
              times.setAtIndex(LONG, 2, seconds);
              return (int)
                  Metadata.SET_TIMES.invokeExact(
                      call.state,
                      AT_WORKING_DIRECTORY,
                      call.text(bytesOf(path)),
                      times,
                      DO_NOT_FOLLOW);
            })
        .orThrow(path, "utimensat");
  }

  /// The names of the extended attributes of the entry; none where the file system has no such.
  static List<String> extendedAttributes(Path path) throws IOException {
    Call asked = listAttributes(path, MemorySegment.NULL);
    if (asked.result == 0 || (asked.result < 0 && asked.error == NOT_SUPPORTED)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(asked.orThrow(path, "llistxattr"));
      long size = listAttributes(path, list).orThrow(path, "llistxattr");
      long at = 0;
      while (at < size) {
        String name = list.getString(at);
        names.add(name);
        at += name.getBytes(StandardCharsets.UTF_8).length + 1;
      }
    }
    return names;
  }

  private static Call listAttributes(Path path, MemorySegment list) {
    return Call.of(
        call ->
            (long)
                Metadata.LIST_ATTRIBUTES.invokeExact(
                    call.state, call.text(bytesOf(path)), list, list.byteSize()));
  }

  /// Removes an extended attribute of the entry, if it is there.
  static void removeExtendedAttribute(Path path, String name) throws IOException {
    Call call =
        Call.of(
            made ->
                (int)
                    Metadata.REMOVE_ATTRIBUTE.invokeExact(
                        made.state,
                        made.text(bytesOf(path)),
                        made.text(name.getBytes(StandardCharsets.UTF_8))));
    if (call.result < 0 && call.error != NO_ATTRIBUTE) {
      call.orThrow(path, "lremovexattr");
    }
  }

  /// Waits until all that was written to the file system of `path` is on the disk.
  static void syncFileSystem(Path path) throws IOException {
    int descriptor = open(path, false);
    try {
      Call.of(call -> (int) Sync.FILE_SYSTEM.invokeExact(call.state, descriptor))
          .orThrow(path, "syncfs");
    } finally {
      close(descriptor);
    }
  }

  /// Waits until the file, or the directory's list of entries, is on the disk.
  static void sync(Path path) throws IOException {
    int descriptor = open(path, false);
    try {
      Call.of(call -> (int) Sync.FILE.invokeExact(call.state, descriptor)).orThrow(path, "fsync");
    } finally {
      close(descriptor);
    }
  }

  /// The bytes of a path, which its text does not always have: see the encoding of the locale.
  static byte[] bytesOf(Path path) {
    String text = path.toString();
    if (text.chars().allMatch(character -> character < 0x80)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    String uri = path.toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int index = 0; index < uri.length(); index++) {
      if (uri.charAt(index) == '%') {
        bytes.write(Integer.parseInt(uri, index + 1, index + 3, 16));
        index += 2;
      } else {
        bytes.write(uri.charAt(index));
      }
    }
    byte[] whole = bytes.toByteArray();
    int length = whole.length;
    // The URI of a directory, or of a link to one, ends in a slash, which would follow the link.
    while (length > 1 && whole[length - 1] == '/') {
      length--;
    }
    return java.util.Arrays.copyOf(whole, length);
  }

  private interface Invocation {
    long run(Call call) throws Throwable;
  }

  /// One call and how it ended.
  private static final class Call {
    private final Arena arena;
    private final MemorySegment state;
    private long result;
    private int error;

    private Call(Arena arena) {
      this.arena = arena;
      this.state = arena.allocate(STATE);
    }

    static Call of(Invocation invocation) {
      try (Arena arena = Arena.ofConfined()) {
        Call call = new Call(arena);
        call.result = invocation.run(call);
        call.error = (int) ERROR.get(call.state, 0L);
        return call;
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    MemorySegment text(byte[] bytes) {
      SegmentAllocator allocator = arena;
      MemorySegment copy = allocator.allocate(bytes.length + 1L);
      MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return copy;
    }

    long orThrow(Path path, String function) throws IOException {
      if (result >= 0) {
        return result;
      }
      String reason =
          switch (error) {
            case NOT_PERMITTED -> "Operation not permitted";
            case NO_SUCH_FILE -> "No such file or directory";
            case NO_SPACE -> "No space left on device";
            case READ_ONLY -> "Read-only file system";
            default -> "error number " + error;
          };
      throw new FileSystemException(path.toString(), null, reason + " (" + function + ")");
    }
  }
}
