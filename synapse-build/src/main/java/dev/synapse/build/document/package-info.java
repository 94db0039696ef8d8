/// Files that a person or a program wrote, and what is wrong in them, place by place.
@NullMarked
package dev.synapse.build.document;

import org.jspecify.annotations.NullMarked;
