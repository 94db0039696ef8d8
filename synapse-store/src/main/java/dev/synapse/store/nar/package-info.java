/// NAR, the archive format whose bytes follow from a tree alone.
@NullMarked
package dev.synapse.store.nar;

import org.jspecify.annotations.NullMarked;
