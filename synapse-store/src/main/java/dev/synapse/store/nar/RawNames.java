package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// File names and link targets as the bytes they are.
///
/// A [Path] on Linux holds the bytes, but shows them through the encoding of the locale, which
/// loses some, or nearly all where the locale is `C`. ASCII is safe in any locale and is nearly
/// everything; for the rest the URI of a path has each byte. One thing no [Path] can hold: a target
/// with doubled slashes or a slash at its end. Such links are made by the C library.
final class RawNames {
  private RawNames() {}

  /// The bytes of the last component of `path`.
  static ByteString nameOf(Path path) {
    String text = String.valueOf(path.getFileName());
    if (ByteString.isAscii(text)) {
      return ByteString.of(text);
    }
    byte[] whole = ByteString.ofPath(path).toByteArray();
    int start = whole.length;
    while (whole[start - 1] != '/') {
      start--;
    }
    return ByteString.of(whole, start, whole.length);
  }

  /// The bytes that the link holds.
  static ByteString targetOf(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    String text = target.toString();
    if (ByteString.isAscii(text)) {
      return ByteString.of(text);
    }
    ByteString whole = ByteString.ofPath(target);
    if (target.isAbsolute()) {
      return whole;
    }
    // What was put before a relative one is the working directory and a slash.
    int prefix = ByteString.ofPath(Path.of("")).length();
    boolean root = prefix == 1;
    return ByteString.of(whole.toByteArray(), root ? 1 : prefix + 1, whole.length());
  }

  /// The entry `name` of `directory`.
  static Path resolve(Path directory, ByteString name) {
    String text = name.utf8();
    if (ByteString.isAscii(text)) {
      return directory.resolve(text);
    }
    return directory.resolve(fromBytes(name).getFileName());
  }

  /// Makes a link that holds exactly `target`. Fails if `link` exists.
  static void createLink(Path link, ByteString target) throws IOException {
    String text = target.utf8();
    if (text.contains("//") || (text.length() > 1 && text.endsWith("/"))) {
      LibraryCall.symlink(target, ByteString.ofPath(link).toByteArray(), link);
    } else if (ByteString.isAscii(text)) {
      Files.createSymbolicLink(link, Path.of(text));
    } else {
      Path absolute = fromBytes(target);
      boolean relative = target.byteAt(0) != '/';
      Files.createSymbolicLink(
          link, relative ? absolute.subpath(0, absolute.getNameCount()) : absolute);
    }
  }

  /// The absolute path with these bytes, a slash put before them if there is none.
  private static Path fromBytes(ByteString name) {
    StringBuilder uri = new StringBuilder("file:///");
    for (int index = 0; index < name.length(); index++) {
      byte each = name.byteAt(index);
      if (each != '/') {
        uri.append(String.format(Locale.ROOT, "%%%02X", each));
      } else if (index > 0) {
        uri.append('/');
      }
    }
    return Path.of(URI.create(uri.toString()));
  }

  /// `symlink` of the C library; looked up when the first link needs it.
  private static final class LibraryCall {
    private static final Linker LINKER = Linker.nativeLinker();

    @SuppressWarnings("restricted")
    private static final MethodHandle SYMLINK =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("symlink"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

    static void symlink(ByteString target, byte[] link, Path shown) throws IOException {
      if (Files.exists(shown, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(shown.toString());
      }
      int result;
      try (Arena arena = Arena.ofConfined()) {
        result =
            (int)
                SYMLINK.invokeExact(
                    terminated(arena, target.toByteArray()), terminated(arena, link));
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      if (result != 0) {
        throw new FileSystemException(
            shown.toString(), target.utf8(), "the link cannot be created");
      }
    }

    private static MemorySegment terminated(Arena arena, byte[] text) {
      MemorySegment copy = arena.allocate(text.length + 1L);
      MemorySegment.copy(text, 0, copy, ValueLayout.JAVA_BYTE, 0, text.length);
      return copy;
    }
  }
}
