package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A program that stands in for bubblewrap where no room can be made: it takes bubblewrap's
/// options, confines nothing, and starts the command as a child on the machine's own files. As the
/// end of a room would, its end takes with it what the command left in its session. So what the
/// runner does with processes runs for real everywhere; that they are confined is for
/// [AttemptsTest] to show.
///
/// It is a script that only tests write: nothing of it is in the program.
final class StandIn {
  private static final String SCRIPT =
      """
      if [ "$1" = --version ]; then echo "bubblewrap $version"; exit 0; fi
      while [ "$1" != -- ]; do
        case $1 in --args) told=1;; esac
        shift
      done
      shift
      [ -n "$told" ] || exec "$@" # the trial
      tr '\\0' '\\n' <&8 >"$0.told"
      if ! [ -e "$1" ]; then echo "bwrap: execvp $1: No such file or directory"; exit 1; fi
      while read -r option; do
        case $option in
          --setenv) read -r name; read -r value; set -- "$name=$value" "$@";;
          --chdir)
            read -r folder
            cd "$folder" 2>/dev/null || { echo "bwrap: Can't chdir to $folder"; exit 1; };;
        esac
      done <"$0.told"
      setsid env -i "$@" 7>&- 8<&- 9<&- & child=$!
      echo "{ \\"child-pid\\": $child }" >&7
      wait $child 2>/dev/null
      code=$?
      kill -s KILL -- -$child 2>/dev/null
      echo "{ \\"exit-code\\": $code }" >&7
      exit $code
      """;

  private final Path script;

  /// @param folder where its script and what it was told lie
  /// @param version of bubblewrap, which it says it is
  StandIn(Path folder, String version) throws IOException {
    script = Files.createDirectories(folder).resolve("bwrap");
    Files.writeString(script, "version=" + version + "\n" + SCRIPT);
  }

  List<String> command() {
    return List.of("/bin/sh", script.toString());
  }

  Bubblewrap bubblewrap() throws IOException, InterruptedException {
    return Bubblewrap.tried(command());
  }

  /// The options of the last sandbox.
  List<String> told() throws IOException {
    return Files.readAllLines(Path.of(script + ".told"));
  }
}
