/// The stages and what each asks for.
@NullMarked
package dev.synapse.gmp.policy;

import org.jspecify.annotations.NullMarked;
