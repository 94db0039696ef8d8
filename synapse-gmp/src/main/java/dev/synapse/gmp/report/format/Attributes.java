package dev.synapse.gmp.report.format;

import javax.xml.stream.XMLStreamReader;

/// The attributes of the element that a reader stands on, decoded: good until it goes on. Those
/// with a prefix are left out.
public final class Attributes {
  private final XMLStreamReader reader;

  Attributes(XMLStreamReader reader) {
    this.reader = reader;
  }

  private int find(String name) {
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      if (reader.getAttributeLocalName(i).equals(name)) {
        String prefix = reader.getAttributePrefix(i);
        if (prefix == null || prefix.isEmpty()) {
          return i;
        }
      }
    }
    return -1;
  }

  /// Whether the element has it.
  public boolean has(String name) {
    return find(name) >= 0;
  }

  /// Empty when it is not there.
  public String text(String name) {
    int at = find(name);
    return at < 0 ? "" : reader.getAttributeValue(at);
  }

  /// A whole number of at most 12 digits; `missing` when it is not there.
  public long count(String name, long missing) throws DamagedReport {
    int at = find(name);
    return at < 0 ? missing : Numbers.count(name, reader.getAttributeValue(at));
  }

  /// A whole number of at most 12 digits.
  ///
  /// @throws DamagedReport also when it is not there
  public long count(String name) throws DamagedReport {
    int at = find(name);
    if (at < 0) {
      throw new DamagedReport("<%s> without '%s'".formatted(reader.getLocalName(), name));
    }
    return Numbers.count(name, reader.getAttributeValue(at));
  }
}
