/// `synapse.toml`: what a project wants built, from what, and how good it has to be.
@NullMarked
package dev.synapse.build.manifest;

import org.jspecify.annotations.NullMarked;
