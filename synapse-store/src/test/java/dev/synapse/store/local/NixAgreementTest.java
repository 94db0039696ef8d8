package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix, where it is installed, works on our stores and we on its, at the same time too.
final class NixAgreementTest {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void findNix() {
    root = folder.resolve("root");
    Assumptions.assumeTrue(isOnPath("nix-store"), "this machine has no nix-store");
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  @Test
  void tablesAreThoseThatNixMakes() throws Exception {
    Path theirs = folder.resolve("theirs");
    nix(theirs, "--init");
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid()).isEmpty();
    }

    assertThat(schema(root)).isEqualTo(schema(theirs)).hasSizeGreaterThan(7);
    assertThat(Files.readString(root.resolve("nix/var/nix/db/schema")))
        .isEqualTo(Files.readString(theirs.resolve("nix/var/nix/db/schema")));
    Deletion.delete(theirs);
  }

  @Test
  void nixFindsWhatWeAdded() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      StorePath plain = store.addText(HELLO, "hello.txt", Set.of());
      StorePath referring =
          store.addText(plain.toString().getBytes(StandardCharsets.UTF_8), "r", Set.of(plain));
      StorePath tree = store.addTree(tree(), "tree");
      Derivation derivation = derivation(store, referring);
      StorePath drv = store.addDerivation(derivation);

      assertThat(nix(root, "--verify", "--check-contents")).isEmpty();
      assertThat(nix(root, "--query", "--requisites", referring.toString()))
          .containsExactlyInAnyOrder(plain.toString(), referring.toString());
      assertThat(nix(root, "--query", "--hash", tree.toString()))
          .containsExactly(Nar.hash(folder.resolve("tree")).hash().prefixedNix32());
      assertThat(nix(root, "--query", "--outputs", drv.toString()))
          .containsExactly(derivation.outputPath("out").orElseThrow().toString());
      assertThat(nix(root, "--query", "--referrers", plain.toString()))
          .containsExactly(referring.toString());
      assertThat(run("nix-store", "--store", root.toString(), "--dump-db")).hasSize(4 * 5 + 2);
    }
  }

  @Test
  void nixAddsTheVerySameTree() throws Exception {
    Path tree = tree();
    List<String> added = nix(root, "--add", tree.toString());

    try (LocalStore store = LocalStore.open(root)) {
      StorePath path = store.addTree(tree, "tree");
      assertThat(added).containsExactly(path.toString());
      assertThat(store.allValid()).containsExactly(path);
      assertThat(store.find(path).orElseThrow().nar()).isEqualTo(Nar.hash(tree));
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void bothAddAtTheSameTime() throws Exception {
    Path tree = tree();
    List<Process> theirs = new ArrayList<>();
    try (LocalStore store = LocalStore.open(root)) {
      for (int number = 0; number < 6; number++) {
        Path file = Files.writeString(folder.resolve("n" + number), "text " + number);
        theirs.add(
            new ProcessBuilder(
                    "nix-store", "--store", root.toString(), "--add", file + "", tree + "")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("errors" + number).toFile())
                .start());
        store.addTree(file, "n" + number);
        store.addTree(tree, "tree");
        store.addTree(tree, "ours" + number);
      }
      for (int number = 0; number < theirs.size(); number++) {
        Path errors = folder.resolve("errors" + number);
        assertThat(theirs.get(number).waitFor()).as(() -> contents(errors)).isZero();
      }
      assertThat(store.allValid()).hasSize(13);
      assertThat(store.verify(true)).isEmpty();
    }
    assertThat(nix(root, "--verify", "--check-contents")).isEmpty();
  }

  @Test
  void nixWaitsForOurLock() throws Exception {
    Path file = Files.write(folder.resolve("hello.txt"), HELLO);
    StorePath path = StorePath.ofBaseName("i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt");
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid()).isEmpty();
      Process adding;
      try (PathLocks _ = store.lock(List.of(path))) {
        adding =
            new ProcessBuilder("nix-store", "--store", root.toString(), "--add", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(adding.waitFor(2, java.util.concurrent.TimeUnit.SECONDS)).isFalse();
        assertThat(store.isValid(path)).isFalse();
      }
      assertThat(adding.waitFor()).isZero();
      assertThat(store.isValid(path)).isTrue();
    }
  }

  @Test
  void nixKeepsOurRootsAndCollectsTheRest() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      StorePath kept = store.addText(HELLO, "kept", Set.of());
      StorePath used = store.addText(HELLO, "used", Set.of());
      Path link = folder.resolve("result");
      store.addIndirectRoot(link, kept);
      assertThat(nix(root, "--gc", "--print-roots"))
          .anyMatch(line -> line.equals(link + " -> " + kept));
      nix(root, "--gc");
      assertThat(store.isValid(kept)).isTrue();
      assertThat(store.isValid(used)).as("has a temporary root").isTrue();
    }
    nix(root, "--gc");
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid()).hasSize(1);
    }
  }

  @Test
  void nixKeepsWhatALinkToTheFilesShows() throws Exception {
    Path link = folder.resolve("result");
    Path other = folder.resolve("other");
    StorePath kept;
    try (LocalStore store = LocalStore.open(root)) {
      kept = store.addText(HELLO, "kept", Set.of());
      store.addIndirectRoot(link, kept, LinkText.PHYSICAL);
    }
    assertThat(nix(root, "--gc", "--print-dead")).isEmpty();
    nix(root, "--gc");
    assertThat(link).hasContent("hello\n");

    Files.delete(link);
    StorePath next;
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.isValid(kept)).isTrue();
      next = store.addText(HELLO, "next", Set.of());
      store.addIndirectRoot(other, next, LinkText.PHYSICAL);
    }
    assertThat(nix(root, "--gc", "--print-dead")).containsExactly(kept.toString());
    assertThat(nix(root, "--gc", "--print-live")).containsExactly(next.toString());
  }

  @Test
  void nixShowsOurLogs() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      StorePath drv = store.addDerivation(derivation(store, store.addTree(tree(), "tree")));
      try (OutputStream log = store.logs().writer(drv)) {
        log.write(HELLO);
      }

      assertThat(nix(root, "--read-log", drv.toString())).containsExactly("hello");
    }
  }

  private Derivation derivation(LocalStore store, StorePath source) throws Exception {
    return Derivation.named("demo")
        .system("x86_64-linux")
        .builder("/bin/sh")
        .source(source)
        .output("out")
        .build(new DerivationHasher(store.derivations()));
  }

  private Path tree() throws IOException {
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("sub"));
    Files.writeString(tree.resolve("sub/data"), "data");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/data"));
    return tree;
  }

  private static List<String> schema(Path root) throws Exception {
    List<String> schema = new ArrayList<>();
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + root.resolve("nix/var/nix/db/db.sqlite"));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select type, name, tbl_name, sql from sqlite_master")) {
      while (rows.next()) {
        schema.add(
            rows.getString(1)
                + "|"
                + rows.getString(2)
                + "|"
                + rows.getString(3)
                + "|"
                + rows.getString(4));
      }
    }
    return schema;
  }

  private List<String> nix(Path store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("nix-store", "--store", store.toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private List<String> run(String... command) throws Exception {
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(() -> contents(errors)).isZero();
    return output.lines().toList();
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isOnPath(String program) {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
