/// What test and coverage reports say, as one canonical value.
@NullMarked
package dev.synapse.gmp.report;

import org.jspecify.annotations.NullMarked;
