/// Text that is bytes: file names, link targets and the fields of derivations have no encoding.
@NullMarked
package dev.synapse.store.bytes;

import org.jspecify.annotations.NullMarked;
