package dev.synapse.build;

/// Marks the module until its first type is there.
interface Placeholder {}
