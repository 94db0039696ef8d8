package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names and contents that would move a terminal's cursor: a pipe gets every byte, a terminal plain
/// text.
final class StoreOnTerminalTest {
  private static final String PROPERTY = "synapse.terminal.output";

  private static final String NAME = "a\033[31mb\n";
  private static final String PLAIN = "ab ";

  /// A folder with one empty file, whose name is the byte e4.
  private static final String LATIN =
      "0d000000000000006e69782d617263686976652d31000000010000000000000028000000000000000400"
          + "000000000000747970650000000009000000000000006469726563746f72790000000000000005000000"
          + "00000000656e7472790000000100000000000000280000000000000004000000000000006e616d650000"
          + "00000100000000000000e40000000000000004000000000000006e6f6465000000000100000000000000"
          + "2800000000000000040000000000000074797065000000000700000000000000726567756c6172000800"
          + "000000000000636f6e74656e747300000000000000000100000000000000290000000000000001000000"
          + "00000000290000000000000001000000000000002900000000000000";

  @TempDir private Path temporary;
  private Session session;
  private String tree;

  @BeforeEach
  void fill() throws Exception {
    session = Session.in(temporary);
    session.write("tree/" + NAME, "x\u009b2J\u00e4\033]0;title\007y\nz");
    Files.createSymbolicLink(session.folder().resolve("tree/link"), Path.of(NAME));
    tree = session.run("store", "add", "tree").out().strip();
  }

  @AfterEach
  void leaveTerminal() {
    System.clearProperty(PROPERTY);
  }

  private Session.Result shown(String... arguments) {
    System.setProperty(PROPERTY, "true");
    try {
      return session.run(arguments);
    } finally {
      System.clearProperty(PROPERTY);
    }
  }

  @Test
  void listingsArePlainInATerminal() {
    assertThat(session.run("store", "ls", tree).out()).isEqualTo("./" + NAME + "\n./link\n");
    assertThat(shown("store", "ls", tree).out()).isEqualTo("./" + PLAIN + "\n./link\n");
    assertThat(session.run("store", "ls", "-l", tree).out()).contains("link -> " + NAME + "\n");
    assertThat(shown("store", "ls", "-l", tree).out()).contains("link -> " + PLAIN + "\n");
  }

  @Test
  void contentsArePlainInATerminal() throws Exception {
    Path archive =
        Files.write(
            session.folder().resolve("tree.nar"), session.run("store", "dump", "tree").bytes());
    for (String[] command :
        List.of(
            new String[] {"store", "cat", tree + "/" + NAME},
            new String[] {"store", "cat", "--nar", archive.toString(), NAME})) {
      assertThat(session.run(command).out()).isEqualTo("x\u009b2J\u00e4\033]0;title\007y\nz");
      assertThat(shown(command).out()).isEqualTo("x\u00e4y\nz");
    }
  }

  @Test
  void aLongLineIsNotCutWithinACharacter() throws Exception {
    String line = "x".repeat((1 << 16) - 1) + "\u20ac".repeat(50_000);
    session.write("long", line);
    String path = session.run("store", "add", "long").out().strip();
    assertThat(shown("store", "cat", path).out()).isEqualTo(line);
    byte[] continuing = new byte[(1 << 16) + 10];
    Arrays.fill(continuing, (byte) 0xbf);
    Files.write(session.folder().resolve("bytes"), continuing);
    String bytes = session.run("store", "add", "bytes").out().strip();
    assertThat(shown("store", "cat", bytes).out()).isEqualTo("\ufffd".repeat(continuing.length));
  }

  @Test
  void garbageAndRootsArePlainInATerminal() throws Exception {
    Path link = session.folder().resolve("root\033[1mx");
    try (LocalStore store = session.store()) {
      var _ = store.addIndirectRoot(link, StorePath.parse(tree));
      Files.writeString(store.objects().resolve("no\033[31mpath"), "");
    }
    String plain = session.folder().resolve("rootx") + "";

    assertThat(session.run("store", "roots").out()).isEqualTo(link + " -> " + tree + "\n");
    assertThat(shown("store", "roots").out()).isEqualTo(plain + " -> " + tree + "\n");
    assertThat(shown("store", "gc", "--dry-run").out())
        .isEqualTo("dead /nix/store/nopath: 0 bytes\nkept %s: by %s\n".formatted(tree, plain));
    assertThat(session.run("store", "gc", "--dry-run").out())
        .contains("no\033[31mpath", "by " + link);
    assertThat(shown("store", "gc").out()).isEqualTo("/nix/store/nopath\n");
  }

  @Test
  void jsonHoldsNoControlCharacter() throws Exception {
    session.write("odd/c\u009b1", "");
    String path = session.run("store", "add", "odd").out().strip();
    Session.Result result = session.run("store", "ls", "--json", path);
    assertThat(result.out()).contains("c\\u009B1").doesNotContain("\u009b");
    assertThat(result.json().required("entries").has("c\u009b1")).isTrue();
  }

  @Test
  void namesThatAreNoTextKeepTheirBytes() throws Exception {
    byte[] archive = HexFormat.of().parseHex(LATIN);
    Files.write(session.folder().resolve("latin.nar"), archive);
    Nar.restoreWhole(new ByteArrayInputStream(archive), session.folder().resolve("latin"));
    String path = session.run("store", "add", "latin").out().strip();
    for (String[] command :
        List.of(
            new String[] {"store", "ls", path},
            new String[] {"store", "ls", "--nar", "latin.nar", "/"})) {
      assertThat(session.run(command).printed())
          .isEqualTo(ByteString.of("./\u00e4\n".getBytes(StandardCharsets.ISO_8859_1)));
      assertThat(shown(command).out()).isEqualTo("./\ufffd\n");
    }
    Session.Result refused = session.run("store", "ls", "--json", path);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("'\ufffd' is not UTF-8", "hint: leave out --json");
  }

  @Test
  void theProgramKnowsWhereItPrints() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
    Program program = Program.of(temporary).with("SYNAPSE_HOME", session.storeFolder().toString());
    String command = Program.launcher() + " store ls " + tree;

    var piped = program.run("store", "ls", tree);
    var onTerminal = program.start(List.of("script", "-qec", command, "/dev/null")).end();

    assertThat(piped.out()).isEqualTo("./" + NAME + "\n./link\n");
    assertThat(onTerminal.status()).as(onTerminal.out()).isZero();
    assertThat(onTerminal.out().replace("\r\n", "\n"))
        .doesNotContain("\033[31m")
        .endsWith("./" + PLAIN + "\n./link\n");
  }
}
