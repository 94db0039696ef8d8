/// A project's folder: its manifest, its lock, and how its packages are planned and locked.
@NullMarked
package dev.synapse.build.project;

import org.jspecify.annotations.NullMarked;
