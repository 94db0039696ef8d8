package dev.synapse.gmp.analysis;

import java.util.ArrayList;
import java.util.List;

/// What was found in one file.
final class Findings {
  private final String file;
  private final List<FunctionComplexity> functions = new ArrayList<>();
  private final List<MagicNumber> numbers = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Findings(String file) {
    this.file = file;
  }

  void function(String name, int firstLine, int lastLine, int complexity) {
    functions.add(new FunctionComplexity(file, name, firstLine, lastLine, complexity));
  }

  void number(int line, int column, String literal) {
    numbers.add(new MagicNumber(file, line, column, literal));
  }

  void note(String text) {
    notes.add(file + ": " + text);
  }

  List<FunctionComplexity> functions() {
    return functions;
  }

  List<MagicNumber> numbers() {
    return numbers;
  }

  List<String> notes() {
    return notes;
  }
}
