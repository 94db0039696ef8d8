/// A report held against a stage.
@NullMarked
package dev.synapse.gmp.verdict;

import org.jspecify.annotations.NullMarked;
