/// Hashes and their written forms.
@NullMarked
package dev.synapse.store.hash;

import org.jspecify.annotations.NullMarked;
