/// How store paths hang together, and pictures of it.
@NullMarked
package dev.synapse.store.graph;

import org.jspecify.annotations.NullMarked;
