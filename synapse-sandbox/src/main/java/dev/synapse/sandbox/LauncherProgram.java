package dev.synapse.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// The launcher as a program of Linux on x86_64: some fifty bytes of code that read a [Tape].
///
/// It starts with the tape that is part of it, which waits for orders on standard input. An order
/// is the name of a file that holds a tape, and its length. For each it makes a child, which reads
/// that tape to [#ROOM] and goes on with it. When the orders end, it ends.
///
/// @see <a href="https://refspecs.linuxfoundation.org/elf/elf.pdf">ELF</a>
final class LauncherProgram {
  /// Where the last call's result and its address are; see [#code()].
  static final long LAST = 0x600008;

  /// The word before [#LAST], which says [#FAILED].
  static final long REPORT = LAST - Long.BYTES;

  static final long FAILED = 2;

  /// The address of the tape that makes a room.
  static final long ROOM = 0x10_0000_0000L;

  /// The bytes of a file's name in an order, and of an order.
  static final int NAME_BYTES = 56;

  static final int ORDER_BYTES = NAME_BYTES + Long.BYTES;

  static final int SIGCHLD = 17; // signal(7)

  private static final long IGNORED = 0x600018;
  private static final long CODE = 0x400000;
  private static final long TAPE = 0x600020;

  // elf(5), and `elf.h` of Linux.
  private static final int IDENTIFICATION_BYTES = 16; // EI_NIDENT
  private static final short PROGRAM = 2; // ET_EXEC
  private static final short X86_64 = 62; // EM_X86_64
  private static final int VERSION = 1; // EV_CURRENT
  private static final int HEADER_BYTES = 64; // Elf64_Ehdr
  private static final int SEGMENT_BYTES = 56; // Elf64_Phdr
  private static final int SEGMENTS = 3;
  private static final int CODE_OFFSET = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES;
  private static final int PAGE = 4096;
  private static final int READABLE = 4; // PF_R
  private static final int WRITABLE = 2; // PF_W
  private static final int EXECUTABLE = 1; // PF_X
  private static final int LOADED = 1; // PT_LOAD
  private static final int STACK = 0x6474e551; // PT_GNU_STACK

  // sigaction(2) and mmap(2).
  private static final int IGNORE = 1; // SIG_IGN
  private static final int READABLE_WRITABLE = 3; // PROT_READ, PROT_WRITE
  private static final int PRIVATE_FIXED = 0x12; // MAP_PRIVATE, MAP_FIXED

  private static final int STANDARD_INPUT = 0;

  /// The length in an order is read into the call that maps a tape, the seventh, as its second
  /// argument.
  private static final Tape.Argument MAPPED_LENGTH = new Tape.Argument(6, 1);

  /// What a child opens gets the least free number.
  private static final int OPENED = 3;

  private LauncherProgram() {}

  /// The program's file.
  static byte[] bytes() {
    byte[] code = code();
    byte[] tape = tape().toBytes();
    ByteBuffer file =
        ByteBuffer.allocate(PAGE + (int) (TAPE - REPORT) + tape.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    // The identification: 64 bits, little-endian, version 1.
    file.put(Arrays.copyOf(HexFormat.of().parseHex("7f454c46020101"), IDENTIFICATION_BYTES));
    file.putShort(PROGRAM).putShort(X86_64).putInt(VERSION);
    file.putLong(CODE + CODE_OFFSET).putLong(HEADER_BYTES).putLong(0).putInt(0);
    file.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES);
    file.putShort((short) SEGMENTS).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    segment(file, LOADED, READABLE | EXECUTABLE, 0, CODE, CODE_OFFSET + code.length);
    segment(file, LOADED, READABLE | WRITABLE, PAGE, REPORT, file.capacity() - PAGE);
    segment(file, STACK, READABLE | WRITABLE, 0, 0, 0); // not executable
    file.put(code);
    file.position(PAGE);
    file.putLong(FAILED);
    file.position(PAGE + (int) (TAPE - REPORT));
    file.put(tape);
    return file.array();
  }

  private static void segment(
      ByteBuffer file, int kind, int rights, long offset, long address, long length) {
    file.putInt(kind).putInt(rights).putLong(offset).putLong(address).putLong(address);
    file.putLong(length).putLong(length).putLong(PAGE);
  }

  /// Makes one call after the other; `rbx` is the address of the one to make.
  static byte[] code() {
    return HexFormat.of()
        .parseHex(
            "bb20006000" // mov ebx, TAPE
                + "488b03" // call: mov rax, [rbx]; its number
                + "488b7b08" // mov rdi, [rbx+8]; and six arguments
                + "488b7310" // mov rsi, [rbx+16]
                + "488b5318" // mov rdx, [rbx+24]
                + "4c8b5320" // mov r10, [rbx+32]
                + "4c8b4328" // mov r8, [rbx+40]
                + "4c8b4b30" // mov r9, [rbx+48]
                + "0f05" // syscall
                + "4889042508006000" // mov [LAST], rax
                + "48891c2510006000" // mov [LAST+8], rbx
                + "488b4b38" // mov rcx, [rbx+56]
                + "488901" // mov [rcx], rax; where the result is stored
                + "483d01f0ffff" // cmp rax, -4095
                + "730b" // jae failed
                + "4885c0" // test rax, rax
                + "740c" // jz zero
                + "488b5b50" // mov rbx, [rbx+80]
                + "ebb9" // jmp call
                + "488b5b40" // failed: mov rbx, [rbx+64]
                + "ebb3" // jmp call
                + "488b5b48" // zero: mov rbx, [rbx+72]
                + "ebad"); // jmp call
  }

  /// What the launcher itself does.
  private static Tape tape() {
    var tape = new Tape(TAPE, IGNORED);
    var end = new Tape.Label();
    var wait = new Tape.Label();
    var child = new Tape.Label();
    var name = tape.data(new byte[NAME_BYTES]);
    // Children are not waited for. What the terminal sends to all is not for them.
    var ignore = tape.words(List.of(word(IGNORE), word(0), word(0), word(0)));
    call(tape, end, SystemCall.RT_SIGACTION, SIGCHLD, ignore, 0, Long.BYTES);
    call(tape, end, SystemCall.SETSID);
    tape.mark(wait);
    call(tape, end, SystemCall.READ, STANDARD_INPUT, name, NAME_BYTES).onZero(end);
    call(tape, end, SystemCall.READ, STANDARD_INPUT, MAPPED_LENGTH, Long.BYTES).onZero(end);
    call(tape, end, SystemCall.CLONE, SIGCHLD).onZero(child).onMore(wait);
    tape.mark(child);
    call(tape, end, SystemCall.OPEN, name, Kernel.CLOSE_ON_EXEC);
    call(tape, end, SystemCall.MMAP, ROOM, 0, READABLE_WRITABLE, PRIVATE_FIXED, OPENED, 0);
    call(tape, end, SystemCall.CLOSE, OPENED).then(word(ROOM));
    tape.mark(end);
    call(tape, end, SystemCall.EXIT_GROUP, 0);
    return tape;
  }

  private static Tape.Call call(
      Tape tape, Tape.Label failed, SystemCall call, Object... arguments) {
    return tape.call(failed, call.toString(), call.number(), arguments);
  }

  private static Tape.Fixed word(long value) {
    return new Tape.Fixed(value);
  }
}
