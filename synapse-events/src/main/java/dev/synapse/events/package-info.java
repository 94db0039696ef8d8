/// Events, the bus that carries them, and the observers of it.
@NullMarked
package dev.synapse.events;

import org.jspecify.annotations.NullMarked;
