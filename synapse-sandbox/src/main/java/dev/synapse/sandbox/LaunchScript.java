package dev.synapse.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The shell script that stands between this program and bubblewrap. It does what Java can't: hands
/// over open files, arguments that are no text, and limits. It takes the place of no decision:
/// everything in it is computed here.
final class LaunchScript {
  /// Bubblewrap's exit code when the script gave up before it.
  static final int GAVE_UP = 125;

  static final String STATUS = "status";
  static final String OPTIONS = "options";
  static final String FILTER = "filter";

  /// Bubblewrap asks the kernel to end it with this program, and the command with it, but only some
  /// moments after each was started. A death of this program in between is seen here: standard
  /// input is a pipe that only this program holds. Started before everything else, it is in no
  /// control group and has no limits.
  private static final String WATCHDOG =
      """
      exec 6<&0 </dev/null
      {
        trap '' HUP INT TERM
        read -r _ <&6
        read -r self _ _ parent _ </proc/self/stat
        if [ "$parent" = $$ ]; then
          kill -STOP $$
          read -r children <"/proc/$$/task/$$/children"
          kill -KILL $$
          for child in $children; do [ "$child" = "$self" ] || kill -KILL "$child"; done
        fi
        # Its child is no longer its child if it died meanwhile; but then it has said who that is.
        if { IFS=' ,' read -r _ _ child _ && ! read -r _; } <"$status"; then
          kill -KILL "$child"
        fi
      } >/dev/null 2>&1 &
      """;

  private static final List<RawText> HANDED_OVER =
      List.of(
          RawText.of("--json-status-fd"),
          RawText.of("7"),
          RawText.of("--args"),
          RawText.of("8"),
          RawText.of("--seccomp"),
          RawText.of("9"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private LaunchScript() {}

  /// The script's bytes.
  ///
  /// @param folder holds the files [#OPTIONS] and [#FILTER], gets the file [#STATUS]
  /// @param parent this program's process id
  /// @param join `cgroup.procs` files of the control groups to enter
  /// @param hardLimits what `ulimit` is told
  static byte[] of(
      Path folder,
      long parent,
      List<Path> join,
      List<HardLimit> hardLimits,
      List<RawText> bubblewrap,
      List<RawText> command) {
    var script = new LaunchScript();
    script.text("status=").quoted(RawText.of(folder.resolve(STATUS))).line("");
    script.text(WATCHDOG);
    script.line("umask 0022");
    // Started, and orphaned at once: from here on nobody would end it.
    script.line("[ \"$PPID\" = " + parent + " ] || exit " + GAVE_UP);
    for (Path group : join) {
      script.text("echo $$ >").quoted(RawText.of(group)).line(" || exit " + GAVE_UP);
    }
    for (HardLimit limit : hardLimits) {
      script.line("ulimit " + limit.toUlimit() + " || exit " + GAVE_UP);
    }
    script.text("exec 6<&- 7>\"$status\"");
    script.text(" 8<").quoted(RawText.of(folder.resolve(OPTIONS)));
    script.text(" 9<").quoted(RawText.of(folder.resolve(FILTER))).line(" || exit " + GAVE_UP);
    // Bubblewrap gives the command an environment of its own; here it has none to lose either.
    script.text("exec /usr/bin/env -i");
    bubblewrap.forEach(script::argument);
    HANDED_OVER.forEach(script::argument);
    script.text(" --");
    command.forEach(script::argument);
    script.line("");
    return script.out.toByteArray();
  }

  private void argument(RawText value) {
    text(" ").quoted(value);
  }

  private LaunchScript text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  private void line(String text) {
    text(text + "\n");
  }

  /// In single quotes everything is itself, but the single quote.
  private LaunchScript quoted(RawText value) {
    out.write('\'');
    for (byte b : value.toBytes()) {
      if (b == '\'') {
        text("'\\''");
      } else {
        out.write(b);
      }
    }
    out.write('\'');
    return this;
  }
}
