package dev.synapse.build.lock;

import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;

/// Where the lines of a lock end: after each entry, unless it is written [#onOneLine].
final class LockLayout implements PrettyPrinter {
  /// Whether the containers that are open, the innermost first, have their entries on lines.
  private final Deque<Boolean> open = new ArrayDeque<>();

  private boolean oneLine;

  /// What makes a generator write in this layout.
  ObjectWriteContext context() {
    return new ObjectWriteContext.Base() {
      @Override
      public PrettyPrinter getPrettyPrinter() {
        return LockLayout.this;
      }

      @Override
      public boolean hasPrettyPrinter() {
        return true;
      }
    };
  }

  /// Has everything that `write` writes stand on one line.
  void onOneLine(Runnable write) {
    oneLine = true;
    write.run();
    oneLine = false;
  }

  private void start(JsonGenerator json, char bracket) {
    json.writeRaw(bracket);
    open.push(!oneLine);
  }

  private void end(JsonGenerator json, int entries, char bracket) {
    boolean spread = open.pop();
    if (spread && entries > 0) {
      newLine(json);
    }
    json.writeRaw(bracket);
  }

  /// A container on one line holds none that is spread, so all of those that are open count.
  private void newLine(JsonGenerator json) {
    json.writeRaw('\n');
    json.writeRaw("  ".repeat(open.size()));
  }

  private void before(JsonGenerator json) {
    if (open.getFirst()) {
      newLine(json);
    }
  }

  private void separate(JsonGenerator json) {
    json.writeRaw(open.getFirst() ? "," : ", ");
    before(json);
  }

  @Override
  public void writeRootValueSeparator(JsonGenerator json) {
    throw new IllegalStateException("a lock is one value");
  }

  @Override
  public void writeStartObject(JsonGenerator json) {
    start(json, '{');
  }

  @Override
  public void writeEndObject(JsonGenerator json, int entries) {
    end(json, entries, '}');
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator json) {
    separate(json);
  }

  @Override
  public void writeObjectNameValueSeparator(JsonGenerator json) {
    json.writeRaw(": ");
  }

  @Override
  public void writeStartArray(JsonGenerator json) {
    start(json, '[');
  }

  @Override
  public void writeEndArray(JsonGenerator json, int entries) {
    end(json, entries, ']');
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator json) {
    separate(json);
  }

  @Override
  public void beforeArrayValues(JsonGenerator json) {
    before(json);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator json) {
    before(json);
  }
}
