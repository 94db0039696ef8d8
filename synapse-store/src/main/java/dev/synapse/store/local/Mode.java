package dev.synapse.store.local;

/// Bits of the type and the permissions of a file, as `lstat` gives them: inode(7).
final class Mode {
  /// All bits of the type.
  static final int TYPE = 0170000;

  static final int FILE = 0100000;
  static final int DIRECTORY = 0040000;
  static final int LINK = 0120000;

  /// All bits that say what is allowed, setuid, setgid and the sticky bit among them.
  static final int PERMISSIONS = 07777;

  static final int OWNER_ALL = 0700;
  static final int OWNER_WRITES = 0200;
  static final int OWNER_EXECUTES = 0100;
  static final int OWNER_READS_AND_WRITES = 0600;
  static final int OTHERS_WRITE = 0022;

  /// A file that its owner writes and everyone reads.
  static final int PUBLIC_FILE = 0644;

  /// A directory that its owner changes and everyone enters.
  static final int PUBLIC_DIRECTORY = 0755;

  private Mode() {}
}
