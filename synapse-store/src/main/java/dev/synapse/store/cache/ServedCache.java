package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// What a [CacheServer] gives away. For any number of threads.
interface ServedCache {
  /// A file; empty if it is not there.
  Optional<Served> find(String file) throws IOException;

  /// Takes a file.
  ///
  /// @return why not, where it is refused
  Optional<String> take(String file, InputStream contents) throws IOException;

  /// Facts for people, each a name and a value.
  List<Fact> facts() throws IOException;

  /// A line of the page for people.
  record Fact(String name, String value) {}
}
