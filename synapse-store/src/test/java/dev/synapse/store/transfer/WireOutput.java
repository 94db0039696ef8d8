package dev.synapse.store.transfer;

import dev.synapse.store.path.StorePath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/// Writes the words and strings that Nix's protocols are made of (nix-store-formats, section 1).
final class WireOutput {
  private static final int WORD = 8;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ByteArrayOutputStream stream() {
    return out;
  }

  WireOutput number(long value) {
    out.writeBytes(ByteBuffer.allocate(WORD).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  WireOutput flag(boolean value) {
    return number(value ? 1 : 0);
  }

  WireOutput string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    out.writeBytes(bytes);
    out.writeBytes(new byte[(WORD - bytes.length % WORD) % WORD]);
    return this;
  }

  WireOutput path(Optional<StorePath> path) {
    return string(path.map(StorePath::toString).orElse(""));
  }

  WireOutput strings(Collection<?> strings) {
    number(strings.size());
    strings.forEach(each -> string(each.toString()));
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
