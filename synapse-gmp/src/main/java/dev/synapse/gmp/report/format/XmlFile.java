package dev.synapse.gmp.report.format;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Streams one XML file that nobody here wrote: UTF-8 only, no DTD is read, no entity is expanded,
/// nothing outside of the file is opened, sizes and depth are bounded. The limits are those of
/// `report.awk`, which reads the same files inside the room.
public final class XmlFile {
  private static final int MAX_DEPTH = 100;

  /// The largest file that is also read inside the room, in bytes.
  public static final long MAX_IN_ROOM = 256L << 20;

  private static final int MEBIBYTE = 20;
  private static final int BUFFER = 1 << 16;
  private static final int MOST_DECLARATION = 1024;
  private static final int BYTE_ORDER_MARK = 0xFEFF;
  private static final Pattern DECLARED_ENCODING =
      Pattern.compile(
          "^(?:\u00ef\u00bb\u00bf)?<\\?xml[^>\n"
              + "]*?[ \t\r"
              + "]encoding[ \t\r"
              + "]*=[ \t\r"
              + "]*[\"']([-A-Za-z0-9._]+)");
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");

  private XmlFile() {}

  /// Tells what is in a file.
  ///
  /// @param largest how many bytes are read before the file is refused
  /// @throws DamagedReport if it is not the XML that is expected
  public static void read(Path file, long largest, Elements elements)
      throws DamagedReport, IOException {
    if (Files.size(file) == 0) {
      throw new DamagedReport("is empty");
    }
    refuseOtherEncodings(file);
    try (InputStream bytes = new Bounded(Files.newInputStream(file), largest);
        Reader text = new BufferedReader(new InputStreamReader(bytes, strictUtf8()), BUFFER)) {
      skipByteOrderMark(text);
      XMLStreamReader reader = factory().createXMLStreamReader(new TagBound(text));
      try {
        checkDeclaration(reader);
        readElements(reader, elements);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw damage(e, largest);
    } catch (CharacterCodingException _) {
      throw new DamagedReport("bytes that are not UTF-8");
    } catch (TooLarge _) {
      throw tooLarge(largest);
    }
  }

  /// Says which encoding it is before a byte that is no UTF-8 does: by the mark at the start, or by
  /// the declaration, which is ASCII in all others that anybody writes.
  private static void refuseOtherEncodings(Path file) throws DamagedReport, IOException {
    String start;
    try (InputStream in = Files.newInputStream(file)) {
      start = new String(in.readNBytes(MOST_DECLARATION), StandardCharsets.ISO_8859_1);
    }
    if (start.startsWith("\u00fe\u00ff") || start.startsWith("\u00ff\u00fe")) {
      throw otherEncoding("UTF-16");
    }
    Matcher declaration = DECLARED_ENCODING.matcher(start);
    if (declaration.find()) {
      requireRead(declaration.group(1));
    }
  }

  private static void requireRead(String encoding) throws DamagedReport {
    if (!encoding.equalsIgnoreCase("UTF-8") && !encoding.equalsIgnoreCase("US-ASCII")) {
      throw otherEncoding(encoding);
    }
  }

  private static DamagedReport otherEncoding(String name) {
    return new DamagedReport("line 1: encoding '%s': only UTF-8 is read".formatted(name));
  }

  private static CharsetDecoder strictUtf8() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private static void skipByteOrderMark(Reader text) throws IOException {
    text.mark(1);
    if (text.read() != BYTE_ORDER_MARK) {
      text.reset();
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    // These two also bound the file itself, far below what a long failure message needs; without a
    // DTD there is no entity that they could bound.
    factory.setProperty("jdk.xml.maxGeneralEntitySizeLimit", "0");
    factory.setProperty("jdk.xml.totalEntitySizeLimit", "0");
    // Captured output of tests is the bulk of some reports: it passes in pieces.
    factory.setProperty("jdk.xml.cdataChunkSize", "65536");
    return factory;
  }

  private static void checkDeclaration(XMLStreamReader reader) throws DamagedReport {
    String version = reader.getVersion();
    if (version != null && !version.equals("1.0")) {
      throw new DamagedReport("line 1: an XML declaration that is not one of XML 1.0");
    }
    String encoding = reader.getCharacterEncodingScheme();
    if (encoding != null) {
      requireRead(encoding);
    }
  }

  private static void readElements(XMLStreamReader reader, Elements elements)
      throws XMLStreamException, DamagedReport {
    var events = new Events(reader, elements);
    while (reader.hasNext()) {
      int event = reader.next();
      try {
        events.tell(event);
      } catch (DamagedReport e) {
        throw new DamagedReport(
            "line %d: %s".formatted(reader.getLocation().getLineNumber(), e.reason()));
      }
    }
  }

  /// Tells of what a reader stands on.
  private static final class Events {
    private final XMLStreamReader reader;
    private final Elements elements;
    private final Attributes attributes;
    private final List<String> path = new ArrayList<>();
    private final List<String> seen = Collections.unmodifiableList(path);

    Events(XMLStreamReader reader, Elements elements) {
      this.reader = reader;
      this.elements = elements;
      this.attributes = new Attributes(reader);
    }

    void tell(int event) throws DamagedReport {
      switch (event) {
        case XMLStreamConstants.DTD -> refuseDeclarations(reader.getText());
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new DamagedReport("'&' that begins no character reference");
        case XMLStreamConstants.START_ELEMENT -> open();
        case XMLStreamConstants.END_ELEMENT -> close();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text();
        default -> {}
      }
    }

    private void open() throws DamagedReport {
      if (path.size() == MAX_DEPTH) {
        throw new DamagedReport("more than %d elements inside one another".formatted(MAX_DEPTH));
      }
      path.add(reader.getLocalName());
      elements.opened(seen, attributes);
    }

    private void close() throws DamagedReport {
      elements.closed(seen);
      path.removeLast();
    }

    private void text() throws DamagedReport {
      if (elements.readsText()) {
        elements.text(seen, reader.getText());
      }
    }
  }

  private static void refuseDeclarations(String documentType) throws DamagedReport {
    if (documentType != null && QUOTED.matcher(documentType).replaceAll("").contains("[")) {
      throw new DamagedReport("a document type with declarations of its own");
    }
  }

  /// What the parser says, in one line, without its own wording of the place.
  private static DamagedReport damage(XMLStreamException e, long largest) throws IOException {
    for (Throwable cause = e.getNestedException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException) {
        return new DamagedReport("bytes that are not UTF-8");
      }
      if (cause instanceof TooLarge) {
        return tooLarge(largest);
      }
      if (cause instanceof TagBound.TooLarge) {
        return new DamagedReport("line %d: a tag larger than 8 MiB".formatted(lineOf(e)));
      }
      if (cause instanceof IOException broken) {
        throw broken;
      }
    }
    String said = String.valueOf(e.getMessage());
    String last = said.substring(said.lastIndexOf('\n') + 1).replaceFirst("^Message: ", "");
    return new DamagedReport("line %d: is cut off or not XML: %s".formatted(lineOf(e), last));
  }

  private static int lineOf(XMLStreamException e) {
    return e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
  }

  private static DamagedReport tooLarge(long largest) {
    return new DamagedReport("is larger than %d MiB".formatted(largest >> MEBIBYTE));
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long largest) {
      super(in);
      left = largest;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      count(Math.max(0, got));
      return got;
    }

    private void count(int got) throws TooLarge {
      left -= got;
      if (left < 0) {
        throw new TooLarge();
      }
    }
  }
}
