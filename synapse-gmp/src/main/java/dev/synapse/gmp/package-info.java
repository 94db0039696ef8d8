/// The quality gate.
@NullMarked
package dev.synapse.gmp;

import org.jspecify.annotations.NullMarked;
