package dev.synapse.gmp.report.format;

import java.util.List;

/// What is told about the elements of one report file, in their order.
public interface Elements {
  /// An element begins.
  ///
  /// @param path names of the open elements, the outermost first, this one last
  void opened(List<String> path, Attributes attributes) throws DamagedReport;

  /// The innermost element ends; its name still is the last of the path.
  void closed(List<String> path) throws DamagedReport;

  /// Whether this wants to hear of text. Most do not: captured output is the bulk of some reports.
  default boolean readsText() {
    return false;
  }

  /// A piece of text between two tags; a long one comes in several.
  default void text(List<String> path, String piece) throws DamagedReport {}
}
