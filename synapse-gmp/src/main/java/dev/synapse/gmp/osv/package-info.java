/// Known vulnerabilities of what a batch is made of, from a snapshot of OSV that is a locked input.
@NullMarked
package dev.synapse.gmp.osv;

import org.jspecify.annotations.NullMarked;
