/// Where repositories are, and how their files come here: in parallel, resumed, verified.
@NullMarked
package dev.synapse.build.fetch;

import org.jspecify.annotations.NullMarked;
