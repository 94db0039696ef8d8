package dev.synapse.build.nix;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Nix writes to its error stream with `--log-format internal-json`: the builder's lines and
/// phases go to a log in the form in which our own builders write them, with warnings and errors of
/// Nix itself among them; what it said first of an error is kept.
///
/// Events stand on lines that begin with `@nix `. Other lines come from programs that Nix starts,
/// such as `ssh`, or from Nix before it has read its options.
final class NixLog {
  private static final String EVENT = "@nix ";
  private static final int BUILD_LINE = 101;
  private static final int POST_BUILD_LINE = 107;
  private static final int SET_PHASE = 104;

  /// Nix calls errors 0 and warnings 1; what is above is for people who wait.
  private static final int MOST_LEVEL = 1;

  private static final Pattern COLOUR = Pattern.compile("\033\\[[0-9;]*m");
  private static final Pattern NOT_TEXT = Pattern.compile("\\p{Cntrl}+");
  private static final String ERROR = "error:";
  private static final String KEPT = "note: keeping build directory";
  private static final String WARNING = "warning:";
  private static final String DOING = "… ";
  private static final String REASON = "Reason: ";

  private static final String NOT_STARTED = "error: executing '";
  private static final Pattern RESTRICTED =
      Pattern.compile("ignoring .*'(extra-)?sandbox-paths'.*restricted setting");

  /// What the process that is to become the builder writes before its last words.
  private static final String SETUP_FAILED = "\u0001";

  private final OutputStream log;
  private Optional<String> error = Optional.empty();
  private Optional<String> setupError = Optional.empty();
  private Optional<String> distrust = Optional.empty();
  private boolean inSetup;
  private boolean builderRuns;
  private String lastPlain = "";

  /// @param log takes the lines
  NixLog(OutputStream log) {
    this.log = log;
  }

  /// Takes one line, without its end.
  void accept(String line) throws IOException {
    if (!line.startsWith(EVENT)) {
      plain(line);
      return;
    }
    JsonNode event;
    try {
      event = JsonMapper.shared().readTree(line.substring(EVENT.length()));
    } catch (JacksonException _) {
      plain(line);
      return;
    }
    switch (event.path("action").asString("")) {
      case "result" -> result(event);
      case "msg" -> message(event);
      default -> {
        // begin and end of what Nix does
      }
    }
  }

  private void plain(String line) throws IOException {
    String text = COLOUR.matcher(line).replaceAll("").strip();
    if (text.isEmpty()) {
      return;
    }
    lastPlain = text;
    if (text.startsWith(ERROR) && error.isEmpty()) {
      error = Optional.of(text.substring(ERROR.length()).strip());
    }
    write(text);
  }

  private void result(JsonNode event) throws IOException {
    String field = event.path("fields").path(0).asString("");
    switch (event.path("type").asInt(0)) {
      case BUILD_LINE, POST_BUILD_LINE -> {
        builderLine(field);
        builderRuns = true;
      }
      case SET_PHASE -> {
        builderRuns = true;
        write("@nix {\"action\":\"setPhase\",\"phase\":\"" + field + "\"}");
      }
      default -> {
        // progress in numbers
      }
    }
  }

  /// Where the builder could not be started, Nix 2.8 sends what a process of its own says to
  /// another: a byte 1, then an error between zeros and lengths. In 2.26 that is the only line, as
  /// if the builder had written it.
  private void builderLine(String line) throws IOException {
    if (line.equals(SETUP_FAILED)) {
      inSetup = true;
    } else if (inSetup && setupError.isEmpty()) {
      String words = words(line);
      setupError = Optional.of(words);
      write(words);
    } else {
      // What ran before may have ended without ending its line: Nix gives it a terminal, and Maven
      // resets colours there.
      String plain = COLOUR.matcher(line).replaceAll("");
      if (!builderRuns && plain.startsWith(NOT_STARTED)) {
        setupError = Optional.of(words(line));
      }
      write(plain.startsWith(EVENT) ? plain : line);
    }
  }

  /// The longest text between what is none.
  private static String words(String line) {
    String longest =
        Arrays.stream(NOT_TEXT.split(COLOUR.matcher(line).replaceAll(""), -1))
            .max(Comparator.comparingInt(String::length))
            .orElse("");
    return longest.startsWith(ERROR) ? longest.substring(ERROR.length()).strip() : longest;
  }

  private void message(JsonNode event) throws IOException {
    if (event.path("level").asInt(0) > MOST_LEVEL) {
      return;
    }
    List<String> lines =
        COLOUR
            .matcher(event.path("msg").asString(""))
            .replaceAll("")
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty()) {
      return;
    }
    if (lines.getFirst().startsWith(ERROR)) {
      String words = inOneLine(lines);
      error = error.or(() -> Optional.of(words));
      write("nix: error: " + words);
    } else if (lines.getFirst().startsWith(WARNING)) {
      if (RESTRICTED.matcher(lines.getFirst()).find()) {
        distrust = Optional.of(lines.getFirst().substring(WARNING.length()).strip());
      }
      write("nix: " + lines.getFirst());
    } else if (lines.getFirst().startsWith(KEPT)) {
      write("nix: " + lines.getFirst());
    }
  }

  /// What went wrong stands on the first line, and a reason may follow; newer versions begin with
  /// what they were doing, then what went wrong follows as an error of its own.
  private static String inOneLine(List<String> lines) {
    String first = lines.getFirst().substring(ERROR.length()).strip();
    if (first.isEmpty()) {
      String doing =
          lines.stream().filter(line -> line.startsWith(DOING)).findFirst().orElse(DOING);
      return lines.stream()
          .skip(1)
          .filter(line -> line.startsWith(ERROR))
          .findFirst()
          .map(line -> line.substring(ERROR.length()).strip())
          .map(words -> "%s (%s)".formatted(words, doing.substring(DOING.length())))
          .orElse(String.join(" ", lines.subList(1, lines.size())));
    }
    String reason = lines.stream().filter(line -> line.startsWith(REASON)).findFirst().orElse("");
    String words = first.endsWith(";") ? first.substring(0, first.length() - 1) : first;
    return (words + " " + reason).strip();
  }

  private void write(String line) throws IOException {
    log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Why the builder could not be started.
  Optional<String> setupError() {
    return setupError;
  }

  /// That Nix does not take the sandbox paths from this user, where it says so.
  Optional<String> distrust() {
    return distrust;
  }

  /// What Nix said of an error, in one line, its first of several.
  Optional<String> error() {
    return error;
  }

  /// Nix's words for what went wrong, in one line, its first of several.
  ///
  /// @param status of the program, for one that said nothing
  String words(int status) {
    return error
        .or(() -> Optional.of(lastPlain).filter(text -> !text.isEmpty()))
        .orElse("it ended with status " + status + " and said nothing");
  }
}
