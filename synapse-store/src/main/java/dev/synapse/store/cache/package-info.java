/// Binary caches in the protocol of Nix: reading, filling, serving and trusting them.
@NullMarked
package dev.synapse.store.cache;

import org.jspecify.annotations.NullMarked;
