package dev.synapse.sandbox;

import java.util.Map;

/// What the kernel's numbers of errors mean.
final class ErrorNumber {
  private static final Map<Long, String> TEXTS =
      Map.ofEntries(
          Map.entry(1L, "Operation not permitted"),
          Map.entry(2L, "No such file or directory"),
          Map.entry(7L, "Argument list too long"),
          Map.entry(8L, "Exec format error"),
          Map.entry(11L, "Resource temporarily unavailable"),
          Map.entry(12L, "Cannot allocate memory"),
          Map.entry(13L, "Permission denied"),
          Map.entry(17L, "File exists"),
          Map.entry(20L, "Not a directory"),
          Map.entry(22L, "Invalid argument"),
          Map.entry(26L, "Text file busy"),
          Map.entry(28L, "No space left on device"),
          Map.entry(30L, "Read-only file system"),
          Map.entry(36L, "File name too long"),
          Map.entry(38L, "Function not implemented"),
          Map.entry(40L, "Too many levels of symbolic links"));

  private ErrorNumber() {}

  static String text(long number) {
    return TEXTS.getOrDefault(number, "error " + number);
  }
}
