/// Derivations: what is built from what, how, and where the results will lie.
@NullMarked
package dev.synapse.store.derivation;

import org.jspecify.annotations.NullMarked;
