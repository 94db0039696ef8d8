/// Which files of a folder are a project's source.
@NullMarked
package dev.synapse.build.source;

import org.jspecify.annotations.NullMarked;
