/// One judgement as documents: for terminals, programs, browsers, pull requests and other tools.
@NullMarked
package dev.synapse.gmp.output;

import org.jspecify.annotations.NullMarked;
