package dev.synapse.sandbox;

import java.nio.file.Path;

/// One thing that a sandboxed process finds in its file system. Mounts are made in the order in
/// which the sandbox lists them: a folder before what lies in it.
public sealed interface Mount {
  /// Where the process finds it: an absolute path.
  Path at();

  /// What is shown from the host.
  sealed interface OfHost extends Mount permits ReadOnly, Writable {
    /// Where the host has it: an absolute path.
    Path from();
  }

  /// What the kernel fills. Nothing is mounted into it, and nobody changes which entries it has.
  sealed interface OfKernel extends Mount permits Proc, Dev {}

  /// The host's file, folder, symbolic link or socket `from`, read-only, with all that is mounted
  /// below it. A symbolic link is not followed: its twin is made instead.
  record ReadOnly(Path from, Path at) implements OfHost {
    public ReadOnly {
      requireAbsolute(from);
      requireAbsolute(at);
    }
  }

  /// The host's file or folder `from`, which the process may change.
  record Writable(Path from, Path at) implements OfHost {
    public Writable {
      requireAbsolute(from);
      requireAbsolute(at);
    }
  }

  /// An empty folder in memory, of at most `sizeBytes`.
  record Temporary(Path at, long sizeBytes) implements Mount {
    public Temporary {
      requireAbsolute(at);
      if (sizeBytes <= 0) {
        throw new IllegalArgumentException("a temporary folder of " + sizeBytes + " bytes");
      }
    }
  }

  /// A symbolic link that says `target`.
  record Symlink(RawText target, Path at) implements Mount {
    public Symlink {
      requireAbsolute(at);
    }
  }

  /// A read-only file that holds `contents`.
  record Text(String contents, Path at) implements Mount {
    public Text {
      requireAbsolute(at);
    }
  }

  /// An empty read-only folder.
  record Folder(Path at) implements Mount {
    public Folder {
      requireAbsolute(at);
    }
  }

  /// The processes of the sandbox, and nothing else's; read-only, for the kernel's settings are
  /// there too and a process of the super-user could otherwise write them.
  record Proc(Path at) implements OfKernel {
    public Proc {
      requireAbsolute(at);
    }
  }

  /// `null`, `zero`, `full`, `random`, `urandom`, `tty`, pseudo terminals, and a `shm` of at most
  /// `sharedMemoryBytes`.
  record Dev(Path at, long sharedMemoryBytes) implements OfKernel {
    static final String SHARED_MEMORY = "shm";

    public Dev {
      requireAbsolute(at);
      if (sharedMemoryBytes <= 0) {
        throw new IllegalArgumentException("shared memory of " + sharedMemoryBytes + " bytes");
      }
    }
  }

  private static void requireAbsolute(Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'" + path + "' is not an absolute path");
    }
  }
}
