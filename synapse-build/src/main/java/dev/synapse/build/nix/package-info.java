/// Real Nix as a second engine: it gets a derivation and its inputs, and gives back the outputs.
@NullMarked
package dev.synapse.build.nix;

import org.jspecify.annotations.NullMarked;
