package dev.synapse.store.hash;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/// A digest of OpenSSL's libcrypto, version 3 (man page `EVP_DigestInit`): the same result as
/// Java's, sooner. For one thread at a time.
final class NativeDigest extends MessageDigest {
  private static final int BUFFER = 1 << 16;
  private static final Optional<Library> LIBRARY = Library.load();

  /// The functions, all of one shape: up to three words in, one word out.
  private record Library(
      MethodHandle call,
      SymbolLookup symbols,
      MemorySegment newContext,
      MemorySegment freeContext,
      MemorySegment init,
      MemorySegment update,
      MemorySegment finish) {

    @SuppressWarnings("restricted")
    static Optional<Library> load() {
      try {
        SymbolLookup found = SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return Optional.of(
            new Library(
                Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(word, word, word, word)),
                found,
                found.findOrThrow("EVP_MD_CTX_new"),
                found.findOrThrow("EVP_MD_CTX_free"),
                found.findOrThrow("EVP_DigestInit_ex"),
                found.findOrThrow("EVP_DigestUpdate"),
                found.findOrThrow("EVP_DigestFinal_ex")));
      } catch (IllegalArgumentException | java.util.NoSuchElementException _) {
        return Optional.empty();
      }
    }

    long invoke(MemorySegment function, long first, long second, long third) {
      try {
        return (long) call.invokeExact(function, first, second, third);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    /// For the functions that return 1 when all is well, as a C `int`.
    void require(MemorySegment function, long first, long second, long third) {
      if ((int) invoke(function, first, second, third) != 1) {
        throw new IllegalStateException("libcrypto refuses to hash");
      }
    }
  }

  private final Library library;
  private final MemorySegment buffer;
  private final MemorySegment context;
  private final long algorithm;
  private final int size;

  private NativeDigest(Library library, String name, int size, long algorithm) {
    super(name);
    this.library = library;
    this.size = size;
    this.algorithm = algorithm;
    Arena arena = Arena.ofAuto();
    this.buffer = arena.allocate(BUFFER);
    this.context = context(library, arena);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment context(Library library, Arena arena) {
    long address = library.invoke(library.newContext, 0, 0, 0);
    if (address == 0) {
      throw new OutOfMemoryError("libcrypto has no memory for a digest");
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(arena, each -> library.invoke(library.freeContext, each.address(), 0, 0));
  }

  /// Empty where the machine has no such library, or the library does not give the algorithm.
  ///
  /// @param name as OpenSSL's function `EVP_NAME` has it: to ask for an algorithm by a text would
  ///   take the JVM longer, which has to learn first how to write one where C finds it
  /// @param size of the digest, in bytes
  static Optional<MessageDigest> of(String name, int size) {
    if (LIBRARY.isEmpty()) {
      return Optional.empty();
    }
    Library library = LIBRARY.get();
    Optional<MemorySegment> function = library.symbols.find("EVP_" + name);
    if (function.isEmpty()) {
      return Optional.empty();
    }
    // A library that knows an algorithm may still refuse it, as in FIPS mode.
    long algorithm = library.invoke(function.get(), 0, 0, 0);
    NativeDigest made = new NativeDigest(library, name, size, algorithm);
    return made.begin() ? Optional.of(made) : Optional.empty();
  }

  @Override
  protected int engineGetDigestLength() {
    return size;
  }

  private boolean begin() {
    return (int) library.invoke(library.init, context.address(), algorithm, 0) == 1;
  }

  @Override
  protected void engineReset() {
    library.require(library.init, context.address(), algorithm, 0);
  }

  @Override
  protected void engineUpdate(byte value) {
    engineUpdate(new byte[] {value}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] bytes, int from, int length) {
    int at = from;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, BUFFER);
      MemorySegment.copy(bytes, at, buffer, ValueLayout.JAVA_BYTE, 0, part);
      library.require(library.update, context.address(), buffer.address(), part);
      at += part;
      left -= part;
    }
  }

  @Override
  protected void engineUpdate(ByteBuffer bytes) {
    if (bytes.isDirect()) {
      try {
        MemorySegment segment = MemorySegment.ofBuffer(bytes);
        library.require(library.update, context.address(), segment.address(), segment.byteSize());
        bytes.position(bytes.limit());
      } finally {
        Reference.reachabilityFence(bytes);
      }
    } else {
      super.engineUpdate(bytes);
    }
  }

  @Override
  protected byte[] engineDigest() {
    library.require(library.finish, context.address(), buffer.address(), 0);
    byte[] digest = buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    engineReset();
    return digest;
  }
}
