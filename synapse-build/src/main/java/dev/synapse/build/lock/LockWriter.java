package dev.synapse.build.lock;

import dev.synapse.store.hash.Hash;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/// Writes a lock: keys sorted, each artifact on a line of its own.
final class LockWriter {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final LockLayout layout = new LockLayout();
  private final JsonGenerator json;

  private LockWriter(OutputStream to) {
    json = FACTORY.createGenerator(layout.context(), to);
  }

  static void write(Lock lock, OutputStream to) {
    var writer = new LockWriter(to);
    try (JsonGenerator json = writer.json) {
      json.writeStartObject();
      writer.asked(lock);
      writer.table("inputs", lock.inputs(), writer::input);
      writer.table("maven", lock.maven(), locked -> writer.array(locked.files(), writer::file));
      writer.table("toolchains", lock.toolchains(), writer::toolchain);
      json.writeNumberProperty("version", Lock.VERSION);
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private interface Entry<V> {
    void write(V value);
  }

  private <V> void table(String name, Map<String, V> entries, Entry<V> entry) {
    json.writeObjectPropertyStart(name);
    entries.forEach(
        (key, value) -> {
          json.writeName(key);
          entry.write(value);
        });
    json.writeEndObject();
  }

  /// What the manifest asked for, where the entries themselves do not say it.
  private void asked(Lock lock) {
    json.writeObjectPropertyStart("for");
    json.writeObjectPropertyStart("inputs");
    lock.inputs()
        .forEach(
            (name, input) -> {
              if (input instanceof LockedInput.Artifact artifact) {
                json.writeStringProperty(name, artifact.asked().toString());
              }
            });
    json.writeEndObject();
    table("maven", lock.maven(), locked -> layout.onOneLine(() -> strings(locked.goals())));
    table("toolchains", lock.toolchains(), locked -> layout.onOneLine(() -> asked(locked)));
    json.writeEndObject();
  }

  private void asked(LockedToolchain locked) {
    json.writeStartObject();
    json.writeStringProperty("architecture", locked.asked().architecture());
    json.writeName("components");
    strings(new TreeSet<>(locked.asked().components()));
    json.writeName("links");
    links(locked.links());
    json.writeName("packages");
    strings(new TreeSet<>(locked.asked().packages()));
    json.writeEndObject();
  }

  private void links(SortedMap<String, String> links) {
    json.writeStartObject();
    links.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  private void strings(Collection<String> values) {
    json.writeStartArray();
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private <V> void array(List<V> values, Entry<V> entry) {
    json.writeStartArray();
    values.forEach(value -> layout.onOneLine(() -> entry.write(value)));
    json.writeEndArray();
  }

  private void input(LockedInput input) {
    layout.onOneLine(
        () -> {
          json.writeStartObject();
          switch (input) {
            case LockedInput.Artifact artifact -> {
              hash("narHash", artifact.narHash());
              json.writeStringProperty("path", artifact.path());
              json.writeStringProperty("repository", artifact.repository());
              hash("sha256", artifact.sha256());
              unpack(artifact.unpack());
            }
            case LockedInput.Url url -> {
              json.writeStringProperty("name", url.storeName());
              hash("narHash", url.narHash());
              hash("sha256", url.sha256());
              unpack(url.unpack());
              json.writeName("urls");
              strings(url.urls());
            }
          }
          json.writeEndObject();
        });
  }

  private void unpack(boolean unpack) {
    if (unpack) {
      json.writeBooleanProperty("unpack", true);
    }
  }

  private void toolchain(LockedToolchain locked) {
    json.writeStartObject();
    json.writeName("debs");
    array(locked.debs(), this::deb);
    hash("narHash", locked.narHash());
    hash("release", locked.release());
    json.writeStringProperty("suite", locked.asked().suite());
    json.writeEndObject();
  }

  private void deb(LockedDeb deb) {
    json.writeStartObject();
    json.writeStringProperty("name", deb.name());
    place(deb.file());
    json.writeStringProperty("version", deb.version());
    json.writeEndObject();
  }

  private void file(LockedFile file) {
    json.writeStartObject();
    place(file);
    json.writeEndObject();
  }

  private void place(LockedFile file) {
    json.writeStringProperty("path", file.path());
    json.writeStringProperty("repository", file.repository());
    hash("sha256", file.sha256());
    json.writeNumberProperty("size", file.size());
  }

  private void hash(String name, Hash hash) {
    json.writeStringProperty(name, hash.toSri());
  }
}
