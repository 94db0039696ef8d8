/// Keys and signatures of persons and machines, in OpenSSH's formats, with the JDK's cryptography.
@NullMarked
package dev.synapse.gmp.sign;

import org.jspecify.annotations.NullMarked;
