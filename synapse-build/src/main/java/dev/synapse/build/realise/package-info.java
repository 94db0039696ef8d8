/// Building derivations in the sandbox and registering what they made.
@NullMarked
package dev.synapse.build.realise;

import org.jspecify.annotations.NullMarked;
