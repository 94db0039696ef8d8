/// Signed leave to miss a limit, for a while.
@NullMarked
package dev.synapse.gmp.waiver;

import org.jspecify.annotations.NullMarked;
