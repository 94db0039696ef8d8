/// Building a project.
@NullMarked
package dev.synapse.build;

import org.jspecify.annotations.NullMarked;
