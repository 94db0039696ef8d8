package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;

/// What entries may be called and links may point to.
final class NarNames {
  private static final ByteString HERE = ByteString.of(".");
  private static final ByteString UP = ByteString.of("..");

  private NarNames() {}

  static boolean isName(ByteString name) {
    return !name.isEmpty()
        && !name.equals(HERE)
        && !name.equals(UP)
        && !name.contains((byte) '/')
        && !name.contains((byte) 0);
  }

  static boolean isTarget(ByteString target) {
    return !target.isEmpty() && !target.contains((byte) 0);
  }
}
