/// From a manifest and locked inputs to a derivation.
@NullMarked
package dev.synapse.build.plan;

import org.jspecify.annotations.NullMarked;
