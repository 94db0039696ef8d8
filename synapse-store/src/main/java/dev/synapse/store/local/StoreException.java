package dev.synapse.store.local;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// The store cannot do what was asked, for a reason that whoever asked can do something about.
public final class StoreException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient StoreProblem problem;

  /// Keeps `problem` and takes its message.
  public StoreException(StoreProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  StoreException(StoreProblem problem, Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  /// What is wrong.
  public StoreProblem problem() {
    return problem;
  }

  /// The same failure, as a problem where it is one that has a name: a write to a full disk does
  /// not say where it was.
  public static IOException naming(IOException failure, Path place) {
    String reason = reason(failure);
    if (reason.contains("No space left on device") || reason.contains("Disk quota exceeded")) {
      return new StoreException(new StoreProblem.DiskFull(place), failure);
    }
    if (reason.contains("Read-only file system")) {
      return new StoreException(new StoreProblem.NotWritable(place), failure);
    }
    return failure;
  }

  /// Why it failed, without the path where the system names that apart.
  static String reason(IOException failure) {
    return failure instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : String.valueOf(failure.getMessage());
  }
}
