package dev.synapse.gmp;

/// Marks the module until its first type is there.
interface Placeholder {}
