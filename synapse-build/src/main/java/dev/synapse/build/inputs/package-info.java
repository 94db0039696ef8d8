/// Locked inputs: fetched, checked, and laid out in the store.
@NullMarked
package dev.synapse.build.inputs;

import org.jspecify.annotations.NullMarked;
