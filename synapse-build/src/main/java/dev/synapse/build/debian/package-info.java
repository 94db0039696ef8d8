/// Toolchain roots made of Debian packages: signed lists, dependencies, and unpacking without
/// running anything.
@NullMarked
package dev.synapse.build.debian;

import org.jspecify.annotations.NullMarked;
