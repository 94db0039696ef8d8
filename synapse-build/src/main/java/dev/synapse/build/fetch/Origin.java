package dev.synapse.build.fetch;

import java.net.URI;
import java.util.List;

/// Where a file can be had.
public sealed interface Origin {
  /// Addresses, the first that has the file is taken. Only http, https and file.
  record Addresses(List<URI> addresses) implements Origin {
    /// Copies the list, which must not be empty.
    public Addresses {
      addresses = List.copyOf(addresses);
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException("no address");
      }
    }
  }

  /// A path below every base address of a named repository, without a leading slash.
  record InRepository(String repository, String path) implements Origin {}

  /// The one address.
  static Origin of(URI address) {
    return new Addresses(List.of(address));
  }

  /// A path in a named repository.
  static Origin of(String repository, String path) {
    return new InRepository(repository, path);
  }

  /// What to call it in a message.
  default String name() {
    return switch (this) {
      case Addresses(var addresses) -> addresses.getFirst().toString();
      case InRepository(var repository, var path) -> repository + ":" + path;
    };
  }
}
