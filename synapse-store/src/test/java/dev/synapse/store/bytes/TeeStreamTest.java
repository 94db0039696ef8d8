package dev.synapse.store.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TeeStreamTest {
  @Test
  void bothGetEverything() throws Exception {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    OutputStream both = new TeeStream(new BufferedOutputStream(first), second);
    both.write('a');
    both.write("xbcx".getBytes(StandardCharsets.US_ASCII), 1, 2);
    assertThat(first.toString(StandardCharsets.US_ASCII)).as("not flushed yet").isEmpty();
    both.flush();
    assertThat(first.toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
    assertThat(second.toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
  }

  @Test
  void theSecondGetsNothingThatTheFirstDidNotTake() {
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("full");
          }
        };
    OutputStream both = new TeeStream(full, second);
    assertThatThrownBy(() -> both.write(new byte[3])).isInstanceOf(IOException.class);
    assertThat(second.size()).isZero();
  }
}
