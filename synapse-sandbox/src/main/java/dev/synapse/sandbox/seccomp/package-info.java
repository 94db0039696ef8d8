/// The system call filter: an assembler for the kernel's packet filter machine, and the rules.
@NullMarked
package dev.synapse.sandbox.seccomp;

import org.jspecify.annotations.NullMarked;
