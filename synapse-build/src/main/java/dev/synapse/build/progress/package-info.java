/// What a build tells while it works.
@NullMarked
package dev.synapse.build.progress;

import org.jspecify.annotations.NullMarked;
