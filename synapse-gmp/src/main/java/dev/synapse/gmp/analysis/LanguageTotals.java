package dev.synapse.gmp.analysis;

/// What of a language was measured.
///
/// @param files how many files
/// @param lines how many lines, all counted
/// @param linesOfCode how many lines bear code
/// @param tokens how many tokens
public record LanguageTotals(
    Language language, int files, long lines, long linesOfCode, long tokens) {}
