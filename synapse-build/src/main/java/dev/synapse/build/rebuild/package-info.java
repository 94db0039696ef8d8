/// Whether two builds of one derivation made the same bytes, and if not, what differs.
@NullMarked
package dev.synapse.build.rebuild;

import org.jspecify.annotations.NullMarked;
