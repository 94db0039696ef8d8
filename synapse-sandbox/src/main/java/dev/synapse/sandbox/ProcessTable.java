package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The kernel's list of processes, as `/proc` shows it.
///
/// Numbers of fields: proc_pid_stat(5).
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final int STATE = 3;
  private static final int PARENT = 4;
  private static final int THREADS = 20;
  private static final int START = 22;
  private static final int RESIDENT_PAGES = 24;

  private ProcessTable() {}

  /// @param start when it started, in clock ticks since the machine did
  record Entry(long pid, char state, long parent, int threads, long start, long residentPages) {
    boolean isDead() {
      return state == 'Z' || state == 'X';
    }
  }

  /// The process with this id, alive or a zombie.
  static Optional<Entry> find(long pid) {
    try {
      var stat =
          new String(Files.readAllBytes(PROC.resolve(pid + "/stat")), StandardCharsets.ISO_8859_1);
      // The name, in parentheses, may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(
          new Entry(
              pid,
              fields[0].charAt(0),
              number(fields, PARENT),
              (int) number(fields, THREADS),
              number(fields, START),
              number(fields, RESIDENT_PAGES)));
    } catch (IOException _) {
      return Optional.empty(); // no such process, or gone while it was read
    }
  }

  private static long number(String[] fields, int field) {
    return Long.parseLong(fields[field - STATE]);
  }

  /// `ancestor` and all that descend from it. Orphans of a process namespace descend from its first
  /// process.
  static List<Entry> family(long ancestor) throws IOException {
    Map<Long, List<Entry>> children = new HashMap<>();
    try (var folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        find(Long.parseLong(folder.getFileName().toString()))
            .ifPresent(
                entry ->
                    children.computeIfAbsent(entry.parent(), _ -> new ArrayList<>()).add(entry));
      }
    }
    var family = new ArrayList<Entry>();
    find(ancestor).ifPresent(family::add);
    for (int i = 0; i < family.size(); i++) {
      family.addAll(children.getOrDefault(family.get(i).pid(), List.of()));
    }
    return family;
  }

  /// Ends `entry` at once, unless its id is meanwhile another's.
  static void kill(Entry entry) {
    if (find(entry.pid()).filter(now -> now.start() == entry.start()).isPresent()) {
      ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
