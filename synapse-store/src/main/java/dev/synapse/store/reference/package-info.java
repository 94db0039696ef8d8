/// Finds and changes the digests of store paths inside streams.
@NullMarked
package dev.synapse.store.reference;

import org.jspecify.annotations.NullMarked;
