package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/// A tar that is not compressed, of any dialect.
final class TarContents implements OpenArchive {
  private static final int PERMISSIONS = 07777;

  private final TarFile tar;
  private final List<Entry> described;

  TarContents(Path file) throws IOException {
    tar = new TarFile(file, "UTF-8");
    described =
        tar.getEntries().stream()
            .map(entry -> new Entry(entry.getName(), properties(entry)))
            .toList();
  }

  private static Map<Aspect, String> properties(TarArchiveEntry entry) {
    Map<Aspect, String> properties = new EnumMap<>(Aspect.class);
    properties.put(Aspect.TYPE, type(entry));
    if (!entry.getLinkName().isEmpty()) {
      properties.put(Aspect.TARGET, entry.getLinkName());
    }
    properties.put(Aspect.TIME, times(entry));
    properties.put(Aspect.MODE, String.format(Locale.ROOT, "%o", entry.getMode() & PERMISSIONS));
    properties.put(
        Aspect.OWNER,
        "%d:%d %s:%s"
            .formatted(
                entry.getLongUserId(),
                entry.getLongGroupId(),
                entry.getUserName(),
                entry.getGroupName())
            .replaceFirst(" :$", ""));
    if (!entry.getExtraPaxHeaders().isEmpty()) {
      properties.put(Aspect.PACKING, new TreeMap<>(entry.getExtraPaxHeaders()).toString());
    }
    return properties;
  }

  private static String type(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case 0, '0', '7' -> entry.isDirectory() ? "folder" : "file";
      case '1' -> "hard link";
      case '2' -> "symbolic link";
      case '5' -> "folder";
      default -> "type '" + (char) entry.getLinkFlag() + "'";
    };
  }

  private static String times(TarArchiveEntry entry) {
    String text = String.valueOf(entry.getLastModifiedTime());
    if (entry.getStatusChangeTime() != null) {
      text += ", changed " + entry.getStatusChangeTime();
    }
    if (entry.getLastAccessTime() != null) {
      text += ", read " + entry.getLastAccessTime();
    }
    return text;
  }

  @Override
  public List<Entry> entries() {
    return described;
  }

  @Override
  public InputStream contents(int number) throws IOException {
    return tar.getInputStream(tar.getEntries().get(number));
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
