package dev.synapse.gmp.sign;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes the data types of SSH (RFC 4251, section 5).
final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  WireWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  WireWriter uint32(int value) {
    return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  WireWriter string(byte[] bytes) {
    return uint32(bytes.length).raw(bytes);
  }

  WireWriter string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  WireWriter mpint(BigInteger value) {
    return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
  }

  int size() {
    return out.size();
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
