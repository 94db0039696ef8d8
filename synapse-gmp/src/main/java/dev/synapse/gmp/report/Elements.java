package dev.synapse.gmp.report;

import java.util.List;

/// What is told about the elements of one report file, in their order.
interface Elements {
  /// An element begins.
  ///
  /// @param path names of the open elements, the outermost first, this one last
  void opened(List<String> path, Attributes attributes) throws DamagedReport;

  /// The innermost element ends; its name still is the last of the path.
  void closed(List<String> path) throws DamagedReport;
}
