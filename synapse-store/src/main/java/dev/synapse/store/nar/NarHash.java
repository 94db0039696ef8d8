package dev.synapse.store.nar;

import dev.synapse.store.hash.Hash;

/// The hash of an archive and its size in bytes, uncompressed.
public record NarHash(Hash hash, long size) {}
