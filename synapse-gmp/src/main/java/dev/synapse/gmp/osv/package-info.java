/// Known vulnerabilities of what a bill of materials lists, from a snapshot of OSV that is a
/// declared input, and statements that answer them.
@NullMarked
package dev.synapse.gmp.osv;

import org.jspecify.annotations.NullMarked;
