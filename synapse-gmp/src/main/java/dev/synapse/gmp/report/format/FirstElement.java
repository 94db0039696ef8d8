package dev.synapse.gmp.report.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaves an XML file to the reader of its format, which the first element tells.
final class FirstElement implements Elements {
  /// The reader of a format.
  interface Readers {
    Elements of(Format format) throws DamagedReport;
  }

  private final Readers readers;
  private @Nullable Format format;
  private @Nullable Elements reader;

  FirstElement(Readers readers) {
    this.readers = readers;
  }

  @Nullable Format format() {
    return format;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    if (reader == null) {
      format = Format.ofRoot(path.getLast(), attributes);
      reader = readers.of(format);
    }
    reader.opened(path, attributes);
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (reader != null) {
      reader.closed(path);
    }
  }

  @Override
  public boolean readsText() {
    return reader != null && reader.readsText();
  }

  @Override
  public void text(List<String> path, String piece) throws DamagedReport {
    if (reader != null) {
      reader.text(path, piece);
    }
  }
}
