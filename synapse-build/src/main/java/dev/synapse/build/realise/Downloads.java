package dev.synapse.build.realise;

import dev.synapse.build.fetch.Downloader;
import java.io.IOException;

/// Gives the downloader for derivations that fetch (`builtin:fetchurl`), when one is needed.
@FunctionalInterface
public interface Downloads {
  /// The downloader, always the same.
  ///
  /// @throws IOException when what it is told by cannot be read
  Downloader downloader() throws IOException;
}
