/// Ed25519 keys and signatures in the format of Nix, and what is signed.
@NullMarked
package dev.synapse.store.signature;

import org.jspecify.annotations.NullMarked;
