/// What was made, how it was judged and who released it: batch records and their audit trail.
@NullMarked
package dev.synapse.gmp.record;

import org.jspecify.annotations.NullMarked;
