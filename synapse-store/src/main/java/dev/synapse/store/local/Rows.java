package dev.synapse.store.local;

import java.sql.ResultSet;
import java.sql.SQLException;

/// The rows that a query gives. The columns of each are read one after the other, in the order in
/// which the query names them.
final class Rows implements AutoCloseable {
  private final ResultSet rows;
  private int column;

  Rows(ResultSet rows) {
    this.rows = rows;
  }

  /// Goes to the next row, and says whether there is one.
  boolean next() throws SQLException {
    column = 0;
    return rows.next();
  }

  /// The next column as a text; null and the empty text are the same here.
  String text() throws SQLException {
    String text = rows.getString(++column);
    return text == null ? "" : text;
  }

  /// The next column as a number; null is 0.
  long number() throws SQLException {
    return rows.getLong(++column);
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }
}
