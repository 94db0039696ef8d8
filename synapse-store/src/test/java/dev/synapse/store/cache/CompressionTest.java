package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is read whatever its name says, and what is not.
final class CompressionTest {
  private static final byte[] PLAIN = "plain\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);

  private interface Compressor {
    OutputStream to(OutputStream out) throws IOException;
  }

  private static byte[] compressed(Compressor compressor) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressor.to(bytes)) {
      out.write(PLAIN);
    }
    return bytes.toByteArray();
  }

  private static byte[] read(String method, byte[] bytes) throws IOException {
    try (InputStream in =
        Compression.decompress(method, new ByteArrayInputStream(bytes)).orElseThrow()) {
      return in.readAllBytes();
    }
  }

  @Test
  void theDataSayHowTheyAreCompressedAndNotTheName() throws Exception {
    assertThat(read("zstd", compressed(FramedLZ4CompressorOutputStream::new))).isEqualTo(PLAIN);
    assertThat(read("xz", compressed(GzipCompressorOutputStream::new))).isEqualTo(PLAIN);
    assertThat(read("lz4", compressed(BZip2CompressorOutputStream::new))).isEqualTo(PLAIN);
    assertThat(read("bzip2", compressed(out -> Compression.XZ.compress(out, 1, 0))))
        .isEqualTo(PLAIN);
    assertThat(read("anything", compressed(out -> Compression.ZSTD.compress(out, 1, 0))))
        .isEqualTo(PLAIN);
  }

  @Test
  void whatIsNotCompressedIsReadAsItIs() throws Exception {
    byte[] zstd = compressed(out -> Compression.ZSTD.compress(out, 1, 0));
    assertThat(read("none", zstd)).isEqualTo(zstd);
    assertThat(read("", zstd)).isEqualTo(zstd);
  }

  @Test
  void lzipIsKnownAndCannotBeRead() throws Exception {
    byte[] lzip = "LZIP\1\014".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Compression.decompress("lzip", new ByteArrayInputStream(lzip))).isEmpty();
  }

  @Test
  void whatBeginsLikeNothingKnownIsRefused() throws Exception {
    byte[] zstd = compressed(out -> Compression.ZSTD.compress(out, 1, 0));
    for (byte[] bad : new byte[][] {{}, PLAIN, Arrays.copyOf(zstd, 3)}) {
      assertThatThrownBy(() -> read("zstd", bad))
          .isInstanceOf(IOException.class)
          .hasMessage("it is compressed in no known way");
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aMethodIsFoundByItsNameAndGivesTheSameBytesAgain(Compression method) throws Exception {
    assertThat(Compression.ofLabel(method.label())).hasValue(method);
    byte[] most = compressed(out -> method.compress(out, method.highestLevel(), 0));
    assertThat(read(method.label(), most)).isEqualTo(PLAIN);
    assertThat(most.length).isLessThanOrEqualTo(PLAIN.length);
    assertThat(Compression.ofLabel("lzma")).isEmpty();
  }
}
