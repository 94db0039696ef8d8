/// JSON in its one canonical form, so that it can be hashed and signed.
@NullMarked
package dev.synapse.gmp.json;

import org.jspecify.annotations.NullMarked;
