/// The sandbox as a value, and the runner that starts a process in it.
@NullMarked
package dev.synapse.sandbox;

import org.jspecify.annotations.NullMarked;
