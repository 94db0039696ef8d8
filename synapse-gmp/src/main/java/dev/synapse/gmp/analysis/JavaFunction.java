package dev.synapse.gmp.analysis;

/// A function while its body is read.
final class JavaFunction {
  final String name;
  final int firstLine;
  int complexity = 1;

  JavaFunction(String name, int firstLine) {
    this.name = name;
    this.firstLine = firstLine;
  }
}
