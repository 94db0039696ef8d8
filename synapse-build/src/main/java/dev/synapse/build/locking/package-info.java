/// `synapse lock`: from what a manifest asks for to exactly which bytes.
@NullMarked
package dev.synapse.build.locking;

import org.jspecify.annotations.NullMarked;
