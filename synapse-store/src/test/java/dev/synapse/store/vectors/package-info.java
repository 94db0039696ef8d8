/// Reads what real Nix wrote, for tests.
@NullMarked
package dev.synapse.store.vectors;

import org.jspecify.annotations.NullMarked;
