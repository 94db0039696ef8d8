/// The store on this machine: objects in a folder, and Nix's database of what is valid.
@NullMarked
package dev.synapse.store.local;

import org.jspecify.annotations.NullMarked;
