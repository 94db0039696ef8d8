/// What the sources themselves say: complexity, magic numbers and duplication, from one stream of
/// tokens for each file.
@NullMarked
package dev.synapse.gmp.analysis;

import org.jspecify.annotations.NullMarked;
