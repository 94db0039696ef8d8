/// Store paths, how they are computed, and content addresses.
@NullMarked
package dev.synapse.store.path;

import org.jspecify.annotations.NullMarked;
