package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looking into store paths and archives, with the answers that Nix 2.8 gave; `StoreLikeNixTest`
/// asks Nix itself.
final class StoreLooksTest {
  private static final String TREE = "/nix/store/6grn9lzq8awzq9pib5h9vzv7ld1wbwb9-tree";

  @TempDir private Path temporary;
  private Session session;
  private String tree;
  private String user;

  @BeforeEach
  void fill() throws Exception {
    session = Session.in(temporary);
    session.write("tree/bin/program", "a program");
    session.write("tree/data", "some data");
    Files.createSymbolicLink(session.folder().resolve("tree/link"), Path.of("bin/program"));
    assertThat(session.folder().resolve("tree/bin/program").toFile().setExecutable(true)).isTrue();
    tree = ours("store", "add", "tree").strip();
    try (LocalStore store = session.store()) {
      user =
          store
              .addText(tree.getBytes(StandardCharsets.UTF_8), "user", Set.of(StorePath.parse(tree)))
              .toString();
    }
    Files.write(session.folder().resolve("tree.nar"), session.run("store", "dump", "tree").bytes());
  }

  private String ours(String... arguments) {
    Session.Result result = session.run(arguments);
    assertThat(result.status()).as(result.err()).isZero();
    return result.out();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Session.Result reading(Session session, byte[] input, String... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input));
    try {
      return session.run(arguments);
    } finally {
      System.setIn(before);
    }
  }

  private void isRefused(String message, String... arguments) {
    Session.Result result = session.run(arguments);
    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).isEqualTo("error: " + message + "\n");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aListingOfAFolderIsThatOfItsArchive() {
    assertThat(tree).isEqualTo(TREE);
    assertThat(ours("store", "ls", "-lR", tree))
        .isEqualTo(
            """
            dr-xr-xr-x                    0 ./bin
            -r-xr-xr-x                    9 ./bin/program
            -r--r--r--                    9 ./data
            lrwxrwxrwx                    0 ./link -> bin/program
            """)
        .isEqualTo(ours("store", "ls", "-lR", "--nar", "tree.nar", "/"));
    assertThat(Session.lines(ours("store", "ls", tree)))
        .containsExactly("./bin", "./data", "./link");
    assertThat(ours("store", "ls", "-ld", tree)).isEqualTo("dr-xr-xr-x                    0 .\n");
    assertThat(ours("store", "ls", "--nar", "tree.nar", "bin/program")).isEqualTo("program\n");
    assertThat(ours("store", "ls", "-l", tree + "/link"))
        .isEqualTo("lrwxrwxrwx                    0 link -> bin/program\n");
  }

  @Test
  void asAnObjectAListingSaysWhereAnArchiveHasItsFiles() throws Exception {
    assertThat(json(ours("store", "ls", "--json", "-R", tree)))
        .isEqualTo(
            json(
                """
                {"type": "directory", "entries": {
                  "bin": {"type": "directory", "entries": {
                    "program": {"type": "regular", "size": 9, "executable": true}}},
                  "data": {"type": "regular", "size": 9},
                  "link": {"type": "symlink", "target": "bin/program"}}}
                """));
    assertThat(json(ours("store", "ls", "--json", tree)))
        .isEqualTo(
            json(
                """
                {"type": "directory", "entries": {"bin": {}, "data": {}, "link": {}}}
                """));
    JsonNode file = json(ours("store", "ls", "--json", "--nar", "tree.nar", "/data"));
    int offset = file.get("narOffset").asInt();
    byte[] archive = Files.readAllBytes(session.folder().resolve("tree.nar"));
    assertThat(new String(archive, offset, 9, StandardCharsets.UTF_8)).isEqualTo("some data");
  }

  @Test
  void filesComeOutOfArchivesAndNothingElseDoes() {
    assertThat(ours("store", "cat", "--nar", "tree.nar", "/bin/./program")).isEqualTo("a program");
    assertThat(ours("store", "cat", tree + "/data")).isEqualTo("some data");
    isRefused("'/bin' is not a regular file", "store", "cat", "--nar", "tree.nar", "/bin");
    isRefused("'/link' is not a regular file", "store", "cat", "--nar", "tree.nar", "/link");
    isRefused("'/no' is not there", "store", "cat", "--nar", "tree.nar", "/no");
    isRefused("'/data/x' is not there", "store", "ls", "--nar", "tree.nar", "/data/x");
    isRefused("'" + tree + "/no' is not there", "store", "ls", tree + "/no");
  }

  @Test
  void queriesAreAnsweredInTheOrderOfNix() {
    assertThat(Session.lines(ours("store", "query", "--referrers-closure", tree)))
        .containsExactly(tree, user);
    assertThat(ours("store", "query", "--tree", user))
        .isEqualTo(
            """
            %s
            └───%s
            """
                .formatted(user, tree));
    String name = user.substring(11);
    String other = tree.substring(11);
    String box = "shape = box, style = filled, fillcolor = \"#ff0000\"];\n";
    assertThat(ours("store", "query", "--graph", user))
        .isEqualTo(
            "digraph G {\n"
                + "\""
                + name
                + "\" [label = \"user\", "
                + box
                + "\""
                + other
                + "\" -> \""
                + name
                + "\" [color = \"black\"];\n"
                + "\""
                + other
                + "\" [label = \"tree\", "
                + box
                + "}\n");
    assertThat(json(ours("store", "query", "--tree", "--json", user, tree)))
        .isEqualTo(
            json(
                """
                [{"path": "%s", "references": [{"path": "%s", "references": []}]},
                 {"path": "%s", "references": []}]
                """
                    .formatted(user, tree, tree)));
  }

  @Test
  void aStreamBringsStorePathsToAnotherStore() throws Exception {
    byte[] stream = session.run("store", "export", "--requisites", user).bytes();
    Session other = new Session(session.folder(), temporary.resolve("other"));

    Session.Result imported = reading(other, stream, "store", "import");
    assertThat(imported.status()).as(imported.err()).isZero();
    assertThat(Session.lines(imported.out())).containsExactly(tree, user);
    assertThat(
            reading(other, stream, "store", "import", "--json")
                .json()
                .valueStream()
                .map(JsonNode::asString))
        .containsExactly(tree, user);
    assertThat(other.run("store", "export", "--requisites", user).bytes()).isEqualTo(stream);
    try (LocalStore store = other.store()) {
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void aStreamThatIsCutOrNoneBringsNothing() throws Exception {
    byte[] stream = session.run("store", "export", user).bytes();
    Session other = new Session(session.folder(), temporary.resolve("other"));

    Session.Result incomplete = reading(other, stream, "store", "import");
    assertThat(incomplete.status()).isEqualTo(1);
    assertThat(incomplete.err()).startsWith("error: ").contains(tree);
    Session.Result cut =
        reading(other, Arrays.copyOf(stream, stream.length / 2), "store", "import");
    assertThat(cut.status()).isEqualTo(1);
    assertThat(cut.err()).startsWith("error: ");
    try (LocalStore store = other.store()) {
      assertThat(store.allValid()).isEmpty();
    }
  }

  @Test
  void filesAreAddedByAnyHash() {
    String sha1 = ours("store", "add-fixed", "sha1", "tree/data").strip();
    assertThat(json(ours("store", "add-fixed", "--json", "sha1", "tree/data")).get(0).asString())
        .isEqualTo(sha1)
        .endsWith("-data");
    assertThat(ours("store", "cat", sha1)).isEqualTo("some data");
    assertThat(ours("store", "add-fixed", "--recursive", "sha256", "tree").strip()).isEqualTo(tree);
    Session.Result unknown = session.run("store", "add-fixed", "crc32", "tree/data");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("'crc32' is no hash algorithm");
  }

  @Test
  void damageIsToldAsObjectsOfItsKind() throws Exception {
    Session.Result _ = session.run("store", "optimise");
    Path links = session.storeFolder().resolve("nix/store/.links");
    Path link;
    try (var files = Files.list(links)) {
      link = files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
    assertThat(link.toFile().setWritable(true)).isTrue();
    Files.writeString(link, "somebody wrote this");

    Session.Result result = session.run("store", "verify", "--check-contents", "--json");

    assertThat(result.status()).isEqualTo(1);
    List<String> kinds = result.json().findValuesAsString("kind");
    assertThat(kinds).contains("modified-link");
  }
}
