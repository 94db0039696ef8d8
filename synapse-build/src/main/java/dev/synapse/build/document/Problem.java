package dev.synapse.build.document;

import static java.util.Objects.requireNonNull;

/// One thing that is wrong in a file the user gave, and where.
///
/// @param file the file's name as the user knows it, `synapse.toml`
/// @param line the line, from 1; 0 where the problem is that of the whole file
/// @param key the path of the key at fault, its parts parted by dots; may be empty
/// @param what the fault and what was expected, or what to do
public record Problem(String file, int line, String key, String what) {

  /// Refuses a negative line.
  public Problem {
    requireNonNull(file, "file");
    requireNonNull(key, "key");
    requireNonNull(what, "what");
    if (line < 0) {
      throw new IllegalArgumentException("line " + line + " of " + file);
    }
  }

  /// One line: `synapse.toml:12: packages.x.outputs: expected an array of strings, found 3`.
  public String message() {
    String place = line == 0 ? file : file + ":" + line;
    return key.isEmpty() ? place + ": " + what : place + ": " + key + ": " + what;
  }
}
