/// Commands of the program.
@NullMarked
package dev.synapse.cli;

import org.jspecify.annotations.NullMarked;
