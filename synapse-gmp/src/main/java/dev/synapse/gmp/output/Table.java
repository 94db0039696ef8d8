package dev.synapse.gmp.output;

import java.util.List;

/// Writes a table of a page. Each cell names its column, so that on a narrow screen a row can be
/// shown as a block of lines, none of which has to be scrolled.
final class Table {
  private final StringBuilder html;
  private final List<String> headings;
  private int column;

  private Table(StringBuilder html, List<String> headings) {
    this.html = html;
    this.headings = headings;
  }

  /// Begins a table.
  ///
  /// @param label what it is, for who does not see it
  static Table open(StringBuilder html, String label, String caption, String... headings) {
    html.append(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><caption>%s</caption><thead><tr>"
            .formatted(label, caption));
    for (String heading : headings) {
      html.append("<th scope=\"col\">").append(heading).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    return new Table(html, List.of(headings));
  }

  /// Begins a row.
  void head(String text) {
    markedHead(Markup.escape(text));
  }

  void markedHead(String markup) {
    html.append("<tr><th scope=\"row\">").append(markup).append("</th>");
    column = 1;
  }

  void cell(String text) {
    marked("", Markup.escape(text));
  }

  /// To the right, where there is room for columns.
  void number(String text) {
    marked("n", Markup.escape(text));
  }

  /// What is markup already.
  ///
  /// @param style the class of the cell; may be empty
  void marked(String style, String markup) {
    html.append("<td").append(style.isEmpty() ? "" : " class=\"%s\"".formatted(style));
    html.append(" data-label=\"").append(headings.get(column)).append("\">");
    // A grid has two cells for each: the label and this.
    html.append("<span>").append(markup).append("</span></td>");
    column++;
  }

  void endRow() {
    html.append("</tr>\n");
  }

  void end() {
    html.append("</tbody></table></div>\n");
  }
}
