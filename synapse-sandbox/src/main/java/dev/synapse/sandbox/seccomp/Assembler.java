package dev.synapse.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Assembles a program of the kernel's classic packet filter machine, for `seccomp`.
///
/// A conditional jump holds its two distances in a byte each. Where a label is farther away than
/// 255 instructions, the conditional jumps over an unconditional one, whose distance has 32 bits;
/// that moves other labels, so layout repeats until nothing grows. Jumps go forward only, as the
/// kernel demands.
///
/// @see <a href="https://docs.kernel.org/networking/filter.html">Linux Socket Filtering</a>
final class Assembler {
  private static final int LOAD = 0x20;
  private static final int JUMP = 0x05;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int JUMP_IF_ANY_BIT = 0x45;
  private static final int AND = 0x54;
  private static final int RETURN = 0x06;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int FARTHEST = 255;

  private sealed interface Line {}

  private record Plain(int code, int operand) implements Line {}

  private record Branch(int code, int operand, String label) implements Line {}

  private record Label(String name) implements Line {}

  private final List<Line> lines = new ArrayList<>();

  Assembler load(int offset) {
    return add(new Plain(LOAD, offset));
  }

  Assembler and(int mask) {
    return add(new Plain(AND, mask));
  }

  Assembler returns(int action) {
    return add(new Plain(RETURN, action));
  }

  Assembler ifEqual(int value, String label) {
    return add(new Branch(JUMP_IF_EQUAL, value, label));
  }

  /// Compares without sign.
  Assembler ifAtLeast(int value, String label) {
    return add(new Branch(JUMP_IF_AT_LEAST, value, label));
  }

  Assembler ifAnyBit(int mask, String label) {
    return add(new Branch(JUMP_IF_ANY_BIT, mask, label));
  }

  Assembler jump(String label) {
    return add(new Branch(JUMP, 0, label));
  }

  Assembler label(String name) {
    return add(new Label(name));
  }

  private Assembler add(Line line) {
    lines.add(line);
    return this;
  }

  /// The program as the kernel reads it: `struct sock_filter` after `struct sock_filter`.
  byte[] assemble() {
    var isLong = new boolean[lines.size()];
    Map<String, Integer> labels = layOut(isLong);
    while (widen(isLong, labels)) {
      labels = layOut(isLong);
    }
    return emit(isLong, labels);
  }

  private Map<String, Integer> layOut(boolean[] isLong) {
    Map<String, Integer> labels = new HashMap<>();
    int position = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i) instanceof Label(var name)) {
        if (labels.put(name, position) != null) {
          throw new IllegalStateException("label '" + name + "' is there twice");
        }
      } else {
        position += isLong[i] ? 2 : 1;
      }
    }
    return labels;
  }

  private boolean widen(boolean[] isLong, Map<String, Integer> labels) {
    boolean grew = false;
    int position = 0; // in the layout that the labels are of
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i) instanceof Label) {
        continue;
      }
      int size = isLong[i] ? 2 : 1;
      if (lines.get(i) instanceof Branch branch
          && branch.code() != JUMP
          && !isLong[i]
          && distance(position, branch, labels) > FARTHEST) {
        isLong[i] = true;
        grew = true;
      }
      position += size;
    }
    return grew;
  }

  private static int distance(int position, Branch branch, Map<String, Integer> labels) {
    Integer target = labels.get(branch.label());
    if (target == null) {
      throw new IllegalStateException("no label '" + branch.label() + "'");
    }
    int distance = target - position - 1;
    if (distance < 0) {
      throw new IllegalStateException("a jump back to '" + branch.label() + "'");
    }
    return distance;
  }

  private byte[] emit(boolean[] isLong, Map<String, Integer> labels) {
    var out =
        ByteBuffer.allocate(2 * lines.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < lines.size(); i++) {
      switch (lines.get(i)) {
        case Plain(var code, var operand) -> instruction(out, code, 0, 0, operand);
        case Branch branch -> branch(out, branch, isLong[i], labels);
        case Label _ -> {
          // takes no room
        }
      }
    }
    var bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void branch(
      ByteBuffer out, Branch branch, boolean isLong, Map<String, Integer> labels) {
    int position = out.position() / INSTRUCTION_BYTES;
    if (branch.code() == JUMP) {
      instruction(out, JUMP, 0, 0, distance(position, branch, labels));
    } else if (isLong) {
      instruction(out, branch.code(), 0, 1, branch.operand());
      instruction(out, JUMP, 0, 0, distance(position + 1, branch, labels));
    } else {
      instruction(out, branch.code(), distance(position, branch, labels), 0, branch.operand());
    }
  }

  private static void instruction(ByteBuffer out, int code, int ifTrue, int ifFalse, int operand) {
    out.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }
}
