package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What several owners of one lock may meet, one thing after the other.
final class FileLockTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("x.lock");
  }

  @Test
  void oneAloneOrManyTogetherHaveIt() throws Exception {
    try (FileLock _ = FileLock.exclusive(file)) {
      assertThat(FileLock.tryExclusive(file)).isEmpty();
      assertThat(FileLock.tryShared(file)).isEmpty();
    }
    try (FileLock _ = FileLock.shared(file);
        FileLock _ = FileLock.tryShared(file).orElseThrow()) {
      assertThat(FileLock.tryExclusive(file)).isEmpty();
    }
  }

  @Test
  void waitingForItCanBeInterrupted() throws Exception {
    try (FileLock _ = FileLock.exclusive(file)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> FileLock.exclusive(file).close())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining(file.toString());
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aMarkedFileThatWasNotDeletedIsReplaced() throws Exception {
    Files.writeString(file, "d");
    try (FileLock _ = FileLock.exclusive(file)) {
      assertThat(file).isEmptyFile();
    }
  }

  @Test
  void theFileOfALaterOwnerIsLeft() throws Exception {
    int descriptor = SystemCalls.open(file, true);
    try {
      Files.delete(file);
      FileLock.deleteLeftover(file, descriptor);
      Files.writeString(file, "another");
      FileLock.deleteLeftover(file, descriptor);
    } finally {
      SystemCalls.close(descriptor);
    }
    assertThat(file).hasContent("another");
  }
}
