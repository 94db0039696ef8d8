package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.X7875_NewUnix;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipExtraField;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// A zip or jar, as its central directory has it.
///
/// @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE, sections 4.4
///   and 4.5</a>
final class ZipContents implements OpenArchive {
  /// Extra fields that hold times and owners, which are told apart by themselves.
  private static final Set<Integer> TIMES_AND_OWNERS = Set.of(0x000a, 0x5455, 0x5855, 0x7875);

  private final ZipFile zip;
  private final List<ZipArchiveEntry> entries;
  private final List<Entry> described = new ArrayList<>();

  ZipContents(Path file) throws IOException {
    zip = ZipFile.builder().setPath(file).setCharset(StandardCharsets.UTF_8).get();
    entries = Collections.list(zip.getEntriesInPhysicalOrder());
    for (ZipArchiveEntry entry : entries) {
      described.add(new Entry(entry.getName(), properties(entry)));
    }
  }

  private Map<Aspect, String> properties(ZipArchiveEntry entry) throws IOException {
    Map<Aspect, String> properties = new EnumMap<>(Aspect.class);
    if (entry.isUnixSymlink()) {
      properties.put(Aspect.TYPE, "symbolic link");
      properties.put(Aspect.TARGET, String.valueOf(zip.getUnixSymlink(entry)));
    } else {
      properties.put(Aspect.TYPE, entry.isDirectory() ? "folder" : "file");
    }
    properties.put(Aspect.TIME, times(entry));
    properties.put(Aspect.MODE, String.format(Locale.ROOT, "%o", entry.getUnixMode()));
    if (entry.getExtraField(new X7875_NewUnix().getHeaderId()) instanceof X7875_NewUnix owner) {
      properties.put(Aspect.OWNER, owner.getUID() + ":" + owner.getGID());
    }
    properties.put(Aspect.PACKING, packing(entry));
    return properties;
  }

  private static String times(ZipArchiveEntry entry) {
    String text = String.valueOf(entry.getLastModifiedTime());
    if (entry.getCreationTime() != null) {
      text += ", made " + entry.getCreationTime();
    }
    if (entry.getLastAccessTime() != null) {
      text += ", read " + entry.getLastAccessTime();
    }
    return text;
  }

  private static String packing(ZipArchiveEntry entry) {
    var text = new StringBuilder();
    text.append(
        switch (entry.getMethod()) {
          case ZipEntry.STORED -> "stored";
          case ZipEntry.DEFLATED -> "deflated";
          default -> "method " + entry.getMethod();
        });
    for (ZipExtraField field : entry.getExtraFields()) {
      int id = field.getHeaderId().getValue();
      if (!TIMES_AND_OWNERS.contains(id)) {
        text.append(String.format(Locale.ROOT, " field %04x ", id))
            .append(HexFormat.of().formatHex(field.getLocalFileDataData()));
      }
    }
    return entry.getComment() == null ? text.toString() : text + " comment " + entry.getComment();
  }

  @Override
  public List<Entry> entries() {
    return described;
  }

  @Override
  public InputStream contents(int number) throws IOException {
    ZipArchiveEntry entry = entries.get(number);
    return entry.isDirectory() || entry.isUnixSymlink()
        ? InputStream.nullInputStream()
        : zip.getInputStream(entry);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
