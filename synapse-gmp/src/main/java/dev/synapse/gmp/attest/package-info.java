/// What is attested of a batch, in formats that other programs check: in-toto statements in DSSE
/// envelopes and Sigstore bundles, and a bill of materials.
@NullMarked
package dev.synapse.gmp.attest;

import org.jspecify.annotations.NullMarked;
