/// Streams of several store objects, as `nix-store --export` writes them.
@NullMarked
package dev.synapse.store.transfer;

import org.jspecify.annotations.NullMarked;
