package dev.synapse.store.transfer;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Reads the words and strings that Nix's protocols are made of (nix-store-formats, section 1).
final class WireInput {
  private static final int WORD = 8;

  private final InputStream in;

  WireInput(byte[] bytes) {
    this(new ByteArrayInputStream(bytes));
  }

  private WireInput(InputStream in) {
    this.in = in;
  }

  /// What comes next, for archives, which end by themselves.
  InputStream stream() {
    return in;
  }

  private byte[] bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("cut message");
    }
    return bytes;
  }

  long number() throws IOException {
    return ByteBuffer.wrap(bytes(WORD)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  boolean flag() throws IOException {
    return number() != 0;
  }

  ByteString string() throws IOException {
    int length = Math.toIntExact(number());
    byte[] text = bytes(length);
    for (byte padding : bytes((WORD - length % WORD) % WORD)) {
      if (padding != 0) {
        throw new IOException("padding that is not zero");
      }
    }
    return ByteString.of(text);
  }

  List<String> strings() throws IOException {
    List<String> strings = new ArrayList<>();
    for (long left = number(); left > 0; left--) {
      strings.add(string().utf8());
    }
    return strings;
  }

  StorePath path() throws Exception {
    return StorePath.parse(string().utf8());
  }

  Optional<StorePath> optionalPath() throws Exception {
    String text = string().utf8();
    return text.isEmpty() ? Optional.empty() : Optional.of(StorePath.parse(text));
  }

  SortedSet<StorePath> paths() throws Exception {
    SortedSet<StorePath> paths = new TreeSet<>();
    for (String text : strings()) {
      paths.add(StorePath.parse(text));
    }
    return paths;
  }

  /// Data that comes in chunks, put together.
  WireInput framed() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (long size = number(); size != 0; size = number()) {
      all.write(bytes(Math.toIntExact(size)));
    }
    return new WireInput(all.toByteArray());
  }

  byte[] rest() throws IOException {
    return in.readAllBytes();
  }
}
