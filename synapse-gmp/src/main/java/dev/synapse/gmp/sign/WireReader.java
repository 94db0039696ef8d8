package dev.synapse.gmp.sign;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the data types of SSH (RFC 4251, section 5); nothing past the end.
final class WireReader {
  private final String what;
  private final ByteBuffer in;

  /// @param what names the thing in problems, such as `a signature`
  WireReader(String what, byte[] bytes) {
    this.what = what;
    this.in = ByteBuffer.wrap(bytes);
  }

  void magic(byte[] expected) throws SignException {
    if (!Arrays.equals(raw(expected.length), expected)) {
      throw SignException.malformed(what, "it does not begin as it should");
    }
  }

  int uint32() throws SignException {
    require(Integer.BYTES);
    return in.getInt();
  }

  byte[] raw(int size) throws SignException {
    require(size);
    byte[] bytes = new byte[size];
    in.get(bytes);
    return bytes;
  }

  byte[] string() throws SignException {
    return raw(uint32());
  }

  String text() throws SignException {
    return new String(string(), StandardCharsets.UTF_8);
  }

  BigInteger mpint() throws SignException {
    byte[] bytes = string();
    return bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
  }

  void end() throws SignException {
    if (in.hasRemaining()) {
      throw SignException.malformed(what, "%d bytes too many".formatted(in.remaining()));
    }
  }

  byte[] rest() {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private void require(int size) throws SignException {
    if (size < 0 || size > in.remaining()) {
      throw SignException.malformed(what, "it ends too early");
    }
  }
}
