package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands on stores, beside the same commands of real Nix where that is installed.
final class StoreLikeNixTest {
  @TempDir private Path temporary;
  private Session session;
  private String tree;
  private String user;

  @BeforeEach
  void fill() throws Exception {
    session = Session.in(temporary);
    session.write("tree/bin/program", "a program");
    session.write("tree/data", "some data");
    session.write("tree/empty", "");
    Files.createSymbolicLink(session.folder().resolve("tree/link"), Path.of("bin/program"));
    assertThat(session.folder().resolve("tree/bin/program").toFile().setExecutable(true)).isTrue();
    tree = session.run("store", "add", "tree").out().strip();
    try (LocalStore store = session.store()) {
      user =
          store
              .addText(tree.getBytes(StandardCharsets.UTF_8), "user", Set.of(StorePath.parse(tree)))
              .toString();
    }
  }

  private static boolean hasNix() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nix-store")));
  }

  private ByteString nix(String program, String... arguments) throws Exception {
    Assumptions.assumeTrue(hasNix(), "this machine has no nix-store");
    List<String> command = new ArrayList<>(List.of(program));
    if (program.equals("nix")) {
      command.addAll(List.of("--extra-experimental-features", "nix-command"));
    }
    command.addAll(List.of("--store", session.storeFolder().toString()));
    command.addAll(List.of(arguments));
    Path errors = temporary.resolve("nix-errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    ByteString output = ByteString.of(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return output;
  }

  private String ours(String... arguments) {
    Session.Result result = session.run(arguments);
    assertThat(result.status()).as(result.err()).isZero();
    return result.out();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private Session.Result reading(byte[] input, String... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input));
    try {
      return session.run(arguments);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void listingsOfStorePathsAreThoseOfNix() throws Exception {
    for (String inside : List.of("", "/bin", "/data", "/link", "/bin/program")) {
      String path = tree + inside;
      for (List<String> options :
          List.of(
              List.of("-R"),
              List.<String>of(),
              List.of("-l"),
              List.of("-lR"),
              List.of("-d"),
              List.of("-ld"))) {
        List<String> theirs = new ArrayList<>(List.of("store", "ls"));
        theirs.addAll(options);
        theirs.add(path);
        assertThat(ours(theirs.toArray(String[]::new)))
            .as("%s", theirs)
            .isEqualTo(nix("nix", theirs.toArray(String[]::new)).utf8());
      }
      assertThat(json(ours("store", "ls", "--json", "-R", path)))
          .isEqualTo(json(nix("nix", "store", "ls", "--json", "-R", path).utf8()));
      assertThat(json(ours("store", "ls", "--json", path)))
          .isEqualTo(json(nix("nix", "store", "ls", "--json", path).utf8()));
    }
  }

  @Test
  void archivesAreLookedIntoAsNixDoes() throws Exception {
    Path archive =
        Files.write(
            session.folder().resolve("tree.nar"), session.run("store", "dump", "tree").bytes());
    for (String inside : List.of("/", "/bin", "/data", "/link", "/empty")) {
      assertThat(ours("store", "ls", "--nar", "tree.nar", "-lR", inside))
          .isEqualTo(nix("nix", "nar", "ls", "-lR", archive.toString(), inside).utf8());
      assertThat(json(ours("store", "ls", "--nar", "tree.nar", "-R", "--json", inside)))
          .isEqualTo(
              json(nix("nix", "nar", "ls", "--json", "-R", archive.toString(), inside).utf8()));
    }
    assertThat(session.run("store", "cat", "--nar", "tree.nar", "/bin/program").out())
        .isEqualTo("a program");
  }

  @Test
  void filesAreReadThroughEveryWayToNameThem() throws Exception {
    Path physical = session.storeFolder().resolve(tree.substring(1));
    Files.createSymbolicLink(session.folder().resolve("result"), physical);
    Files.createSymbolicLink(session.folder().resolve("program"), physical.resolve("bin/program"));
    for (String name :
        List.of(
            tree + "/bin/program",
            tree + "//bin/./program",
            physical + "/bin/program",
            "result/bin/program",
            "program")) {
      assertThat(ours("store", "cat", name)).as(name).isEqualTo("a program");
    }
    assertThat(nix("nix", "store", "cat", tree + "/bin/program").utf8()).isEqualTo("a program");
  }

  @Test
  void whatIsNoFileIsNotRead() {
    for (String name : List.of("", "/bin", "/link")) {
      var result = session.run("store", "cat", tree + name);
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err().strip())
          .isEqualTo("error: '%s' is not a regular file".formatted(tree + name));
      assertThat(result.out()).isEmpty();
    }
    for (String name : List.of("/absent", "/data/below", "/link/below")) {
      var result = session.run("store", "cat", tree + name);
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err().strip()).isEqualTo("error: '%s' is not there".formatted(tree + name));
    }
  }

  @Test
  void queriesAreAnsweredAsByNix() throws Exception {
    for (String option :
        List.of(
            "--references",
            "--referrers",
            "--referrers-closure",
            "--requisites",
            "--deriver",
            "--tree",
            "--graph")) {
      for (String path : List.of(tree, user)) {
        assertThat(ours("store", "query", option, path))
            .as("%s %s", option, path)
            .isEqualTo(nix("nix-store", "--query", option, path).utf8());
      }
    }
    assertThat(ours("store", "query", "--requisites", user, tree))
        .isEqualTo(nix("nix-store", "--query", "--requisites", user, tree).utf8());
  }

  @Test
  void archivesAndHashesAreThoseOfNix() throws Exception {
    Path source = session.folder().resolve("tree");
    Path archive =
        Files.write(
            session.folder().resolve("tree.nar"),
            nix("nix-store", "--dump", source.toString()).toByteArray());
    assertThat(session.run("store", "dump", "tree").bytes()).isEqualTo(Files.readAllBytes(archive));
    assertThat(reading(Files.readAllBytes(archive), "store", "restore", "again").status()).isZero();
    assertThat(nix("nix-store", "--dump", session.folder().resolve("again").toString()))
        .isEqualTo(ByteString.of(Files.readAllBytes(archive)));
    for (String form : List.of("--base32", "--hex")) {
      String theirs = form.equals("--hex") ? "--base16" : form;
      assertThat(ours("store", "hash", form, "tree"))
          .isEqualTo(nix("nix", "hash", "path", theirs, source.toString()).utf8());
    }
    assertThat(ours("store", "hash", "tree"))
        .isEqualTo(nix("nix", "hash", "path", "--sri", source.toString()).utf8());
  }

  @Test
  void eachFindsTheDamageThatTheOtherFinds() throws Exception {
    RealNix.assume();
    Path physical = session.storeFolder().resolve(tree.substring(1)).resolve("data");
    Path parent = physical.getParent();
    for (Path each : List.of(physical, Objects.requireNonNull(parent))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(physical, "other data");
    Files.setPosixFilePermissions(physical, PosixFilePermissions.fromString("r--r--r--"));

    Session.Result ours = session.run("store", "verify", "--check-contents");
    Program.Result theirs =
        new RealNix(session.storeFolder(), temporary)
            .start("nix-store", "--verify", "--check-contents")
            .end();

    assertThat(ours.status()).isEqualTo(1);
    assertThat(theirs.status()).isEqualTo(1);
    assertThat(theirs.err()).contains(tree).doesNotContain(user);
    assertThat(ours.err()).contains(tree).doesNotContain(user);
  }

  @Test
  void treesAndGraphsAreObjectsToo() {
    assertThat(json(ours("store", "query", "--tree", "--json", user)))
        .isEqualTo(
            json(
                """
                [{"path": "%s", "references": [{"path": "%s", "references": []}]}]
                """
                    .formatted(user, tree)));
    JsonNode graph = json(ours("store", "query", "--graph", "--json", user));
    assertThat(graph.size()).isEqualTo(2);
    assertThat(graph.findValuesAsString("path")).containsExactlyInAnyOrder(user, tree);
  }

  @Test
  void streamsGoToNixAndBack() throws Exception {
    byte[] stream = session.run("store", "export", "--requisites", user).bytes();
    assertThat(ByteString.of(stream)).isEqualTo(nix("nix-store", "--export", tree, user));
    Session other = new Session(session.folder(), temporary.resolve("other"));
    Session first = session;
    session = other;
    var imported = reading(stream, "store", "import");
    assertThat(Session.lines(imported.out())).containsExactly(tree, user);
    assertThat(reading(stream, "store", "import", "--json").json().size()).isEqualTo(2);
    assertThat(nix("nix-store", "--verify", "--check-contents").length()).isZero();
    var damaged = reading(new byte[] {1, 2, 3}, "store", "import");
    assertThat(damaged.status()).isEqualTo(1);
    assertThat(damaged.err()).startsWith("error: export stream is cut");
    session = first;
  }

  @Test
  void filesAreAddedByEveryAlgorithm() throws Exception {
    Path data = session.folder().resolve("tree/data");
    for (String algorithm : List.of("md5", "sha1", "sha256", "sha512")) {
      assertThat(ours("store", "add-fixed", algorithm, "tree/data"))
          .isEqualTo(nix("nix-store", "--add-fixed", algorithm, data.toString()).utf8());
      assertThat(ours("store", "add-fixed", "--recursive", algorithm, "tree/data", "tree"))
          .isEqualTo(
              nix(
                      "nix-store",
                      "--add-fixed",
                      "--recursive",
                      algorithm,
                      data.toString(),
                      session.folder().resolve("tree").toString())
                  .utf8());
    }
    var unknown = session.run("store", "add-fixed", "crc32", "tree/data");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("'crc32' is no hash algorithm");
  }
}
