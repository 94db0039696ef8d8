package dev.synapse.build.locking;

import java.util.List;

/// The manifest names what the world does not have; the message is one line.
public final class UnknownNameException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> tables;
  private final String key;
  private final String name;

  UnknownNameException(
      List<String> tables, String key, String name, String message, Throwable cause) {
    super(message, cause);
    this.tables = List.copyOf(tables);
    this.key = key;
    this.name = name;
  }

  /// The tables of the manifest, from the outermost, in which the key stands.
  public List<String> tables() {
    return tables;
  }

  /// The key that names it.
  public String key() {
    return key;
  }

  /// The name.
  public String name() {
    return name;
  }
}
