/// Real Nix, and stores to compare with it.
@NullMarked
package dev.synapse.store.oracle;

import org.jspecify.annotations.NullMarked;
