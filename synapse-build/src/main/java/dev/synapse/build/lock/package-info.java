/// `synapse.lock`: exactly which bytes a project's builds read.
@NullMarked
package dev.synapse.build.lock;

import org.jspecify.annotations.NullMarked;
