/// What a change touches: the lines that a patch, or a commit to start from, says.
@NullMarked
package dev.synapse.gmp.change;

import org.jspecify.annotations.NullMarked;
