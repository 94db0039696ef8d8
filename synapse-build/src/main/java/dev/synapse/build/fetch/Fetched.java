package dev.synapse.build.fetch;

import dev.synapse.store.hash.Hash;
import java.net.URI;
import java.nio.file.Path;

/// A file that was fetched without a hash to hold it against.
///
/// @param file where it lies now
/// @param sha256 the SHA-256 of what came
/// @param size in bytes
/// @param address which address it came from
public record Fetched(Path file, Hash sha256, long size, URI address) {}
