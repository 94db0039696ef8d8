package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogBytesTest {
  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static byte[] written(LogBytes log, byte[] bytes, int step) throws Exception {
    try (log) {
      log.write(bytes[0]);
      for (int at = 1; at < bytes.length; at += step) {
        log.write(bytes, at, Math.min(step, bytes.length - at));
        log.flush();
      }
    }
    var all = new ByteArrayOutputStream();
    log.copyTo(all);
    assertThat(log.size()).isEqualTo(bytes.length);
    return all.toByteArray();
  }

  @Test
  void aShortLogNeedsNoFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("log");
    byte[] bytes = random(LogBytes.FEW);

    assertThat(written(new LogBytes(file), bytes, 1000)).isEqualTo(bytes);
    assertThat(file).doesNotExist();
  }

  @Test
  void aLongLogIsInAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("log");
    byte[] bytes = random(3 * LogBytes.FEW);

    assertThat(written(new LogBytes(file), bytes, 1000)).isEqualTo(bytes);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }
}
