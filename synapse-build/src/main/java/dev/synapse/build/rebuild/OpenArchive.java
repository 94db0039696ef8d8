package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/// An archive that can be looked into: its entries in their order, and what is in each.
interface OpenArchive extends Closeable {
  /// An entry without its contents.
  ///
  /// @param properties what else can differ, as a person reads it; what is absent is not there
  record Entry(String name, Map<Aspect, String> properties) {
    /// Copies the map.
    public Entry {
      properties = Map.copyOf(properties);
    }
  }

  /// All entries, in the order in which they lie in the file.
  List<Entry> entries();

  /// What is in the entry with this number, counted from 0; nothing for a folder or a link.
  InputStream contents(int number) throws IOException;
}
