/// Reads the report files of other tools, one reader a format, and tells a sink what is in them.
/// The readers know nothing of what is counted or merged.
@NullMarked
package dev.synapse.gmp.report.format;

import org.jspecify.annotations.NullMarked;
