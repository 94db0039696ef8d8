/// Unpacking archives that others made, without letting them write elsewhere.
@NullMarked
package dev.synapse.build.archive;

import org.jspecify.annotations.NullMarked;
