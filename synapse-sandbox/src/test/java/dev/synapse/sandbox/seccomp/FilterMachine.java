package dev.synapse.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The kernel's packet filter machine, as far as the filter uses it.
final class FilterMachine {
  private static final int MOST_INSTRUCTIONS = 4096;

  private FilterMachine() {}

  /// What `program` returns for a call.
  static int run(byte[] program, int architecture, int number, long... arguments) {
    var data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(number).putInt(architecture).putLong(0);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    var code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    if (program.length % 8 != 0 || program.length / 8 > MOST_INSTRUCTIONS) {
      throw new IllegalStateException("a program of " + program.length + " bytes");
    }
    int accumulator = 0;
    for (int position = 0; ; position++) {
      int operation = code.getShort(position * 8);
      int ifTrue = code.get(position * 8 + 2) & 0xff;
      int ifFalse = code.get(position * 8 + 3) & 0xff;
      int operand = code.getInt(position * 8 + 4);
      switch (operation) {
        case 0x20 -> accumulator = data.getInt(operand);
        case 0x54 -> accumulator &= operand;
        case 0x05 -> position += operand;
        case 0x15 -> position += accumulator == operand ? ifTrue : ifFalse;
        case 0x35 ->
            position += Integer.compareUnsigned(accumulator, operand) >= 0 ? ifTrue : ifFalse;
        case 0x45 -> position += (accumulator & operand) != 0 ? ifTrue : ifFalse;
        case 0x06 -> {
          return operand;
        }
        default -> throw new IllegalStateException("operation " + operation);
      }
    }
  }
}
