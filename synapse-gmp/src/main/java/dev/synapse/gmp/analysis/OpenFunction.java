package dev.synapse.gmp.analysis;

/// A function while its body is read.
final class OpenFunction {
  final String name;
  final int firstLine;
  int complexity = 1;

  OpenFunction(String name, int firstLine) {
    this.name = name;
    this.firstLine = firstLine;
  }
}
