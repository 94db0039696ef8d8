package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One store and two programs: each works on what the other made, also while the other works.
@Timeout(300)
final class OneStoreNixTest {
  private static final int GRAPH = Integer.getInteger("synapse.test.graph", 40);
  private static final int CROWD = 24;
  private static final int ROUNDS = 4;

  private static final List<String> QUERIES =
      List.of(
          "--references",
          "--referrers",
          "--referrers-closure",
          "--requisites",
          "--tree",
          "--graph");

  @TempDir private Path temporary;
  private Path folder;
  private Program program;
  private Session session;
  private RealNix nix;

  @BeforeEach
  void findNix() throws Exception {
    nix = new RealNix(temporary.resolve("store"), temporary);
    nix.assumeBuilds();
    HostToolchain.requireSandbox();
    program = Program.of(temporary).with("SYNAPSE_HOME", nix.store().toString());
    folder = Files.createDirectory(temporary.resolve("work"));
    session = new Session(folder, nix.store());
  }

  @AfterEach
  void unlock() throws Exception {
    nix.makeDeletable();
    new RealNix(temporary.resolve("other"), temporary).makeDeletable();
  }

  private Session.Result run(String... arguments) {
    return session.run(with("store", List.of(arguments)));
  }

  private String synapse(String... arguments) {
    Session.Result result = run(arguments);
    assertThat(result.status()).as("%s: %s", List.of(arguments), result.err()).isZero();
    return result.out();
  }

  private static String[] realise(List<String> more) {
    List<String> words = new ArrayList<>(List.of("realise"));
    RealNix.host().forEach(each -> words.add("--sandbox-path=" + each));
    words.addAll(more);
    return words.toArray(String[]::new);
  }

  private static String[] with(String first, List<String> more) {
    return Stream.concat(Stream.of(first), more.stream()).toArray(String[]::new);
  }

  /// Derivations of every kind that use each other, as a list of expressions.
  private static String graph(long seed, int size) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("let\n");
    for (int number = 0; number < size; number++) {
      StringBuilder uses = new StringBuilder("u" + number);
      for (int left = number == 0 ? 0 : random.nextInt(3); left > 0; left--) {
        uses.append(" ${d").append(random.nextInt(number)).append('}');
      }
      String common =
          "name = \"n%d\"; system = \"x86_64-linux\"; PATH = \"/usr/bin:/bin\"; ".formatted(number)
              + "builder = \"/bin/sh\"; ";
      text.append("d").append(number).append(" = derivation { ").append(common);
      switch (random.nextInt(6)) {
        case 0 ->
            text.append("outputs = [ \"out\" \"dev\" ]; uses = \"%s\"; ".formatted(uses))
                .append("args = [ \"-ec\" \"echo $uses > $out; mkdir $dev; ")
                .append("echo $out > $dev/o\" ]; };\n");
        case 1 ->
            text.append("passAsFile = [ \"big\" ]; big = \"%s\\n'\\\"\\\\\"; ".formatted(uses))
                .append("args = [ \"-ec\" \"cat $bigPath > $out; chmod +x $out\" ]; };\n");
        case 2 ->
            text.append("outputHash = builtins.hashString \"sha1\" \"fixed%d\"; ".formatted(number))
                .append("outputHashAlgo = \"sha1\"; uses = \"%s\"; ".formatted(uses))
                .append("args = [ \"-ec\" \"printf fixed%d > $out\" ]; };\n".formatted(number));
        case 3 ->
            text.append("exportReferencesGraph = [ \"g\" source ]; inherit source; ")
                .append("uses = \"%s\"; ".formatted(uses))
                .append("args = [ \"-ec\" \"cat g > $out; echo $uses >> $out\" ]; };\n");
        case 4 -> {
          text.setLength(text.length() - common.length());
          text.append(common.replace("/bin/sh", "/bin/bash"))
              .append("__structuredAttrs = true; uses = [ \"%s\" 1 true ]; ".formatted(uses))
              .append("args = [ \"-ec\" \". ./.attrs.sh; echo \\\"\\${uses[@]}\\\" > ")
              .append("\\${outputs[out]}; cat .attrs.json >> \\${outputs[out]}\" ]; };\n");
        }
        default ->
            text.append("uses = \"%s\"; ".formatted(uses))
                .append("args = [ \"-ec\" \"mkdir $out; echo $uses > $out/u; ")
                .append("ln -s $out/u $out/l\" ]; };\n");
      }
    }
    text.append("source = builtins.toFile \"source\" \"the source\";\nin [");
    for (int number = 0; number < size; number++) {
      text.append(" d").append(number);
    }
    return text.append(" ]\n").toString();
  }

  private List<String> instantiate(RealNix in, String expression) throws Exception {
    Path file = Files.writeString(folder.resolve("graph.nix"), expression);
    List<String> drvs = new ArrayList<>();
    for (String line : in.lines("nix-instantiate", file.toString())) {
      drvs.add(line.replaceAll("!.*", ""));
    }
    return drvs;
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  /// What either says of all paths, without times.
  private static SortedMap<String, String> infos(String text) {
    SortedMap<String, String> infos = new TreeMap<>();
    for (JsonNode each : json(text)) {
      infos.put(
          each.required("path").asString(),
          Stream.of("narHash", "narSize", "references", "deriver", "ca", "ultimate")
              .map(
                  field ->
                      each.hasNonNull(field) && !each.get(field).toString().equals("false")
                          ? field + "=" + each.get(field)
                          : "")
              .toList()
              .toString());
    }
    return infos;
  }

  /// Both say the same of all there is, and of each path.
  private void agree() throws Exception {
    SortedMap<String, String> ours = infos(synapse("path-info", "--all", "--json"));
    assertThat(ours).isNotEmpty();
    assertThat(infos(nix.output("nix", "path-info", "--all", "--json"))).isEqualTo(ours);
    List<String> paths = List.copyOf(ours.keySet());
    for (String query : QUERIES) {
      for (String path : List.of(paths.getFirst(), paths.get(paths.size() / 2))) {
        assertThat(synapse("query", query, path))
            .as("%s %s", query, path)
            .isEqualTo(nix.output("nix-store", "--query", query, path));
      }
    }
    assertThat(
            synapse(
                with("query", Stream.concat(Stream.of("--requisites"), paths.stream()).toList())))
        .isEqualTo(
            nix.output(
                "nix-store",
                Stream.concat(Stream.of("--query", "--requisites"), paths.stream())
                    .toArray(String[]::new)));
    assertThat(synapse("verify", "--check-contents")).isEmpty();
    nix.accepts();
  }

  @Test
  void nixWorksOnAStoreThatSynapseFilled() throws Exception {
    RealNix other = new RealNix(temporary.resolve("other"), temporary);
    List<String> drvs = instantiate(other, graph(1, GRAPH));
    try (LocalStore store = LocalStore.open(nix.store())) {
      for (String path : other.lines("nix-store", with("--query", and("--requisites", drvs)))) {
        byte[] contents = Files.readAllBytes(other.store().resolve(path.substring(1)));
        StorePath expected = StorePath.parse(path);
        assertThat(
                expected.isDerivation()
                    ? store.addDerivation(
                        Derivation.parse(contents, expected.name().replaceAll("\\.drv$", "")))
                    : store.addText(contents, expected.name(), Set.of()))
            .isEqualTo(expected);
      }
    }

    synapse(realise(and("--jobs=2", drvs)));
    assertThat(other.lines("nix-store", with("--realise", and("-j2", drvs)))).isNotEmpty();

    assertThat(infos(synapse("path-info", "--all", "--json")))
        .as("the outputs that Nix gets in a store of its own")
        .isEqualTo(infos(other.output("nix", "path-info", "--all", "--json")));
    agree();
    String top = drvs.getLast();
    for (String drv : drvs.subList(0, 5)) {
      assertThat(nix.output("nix-store", "--query", "--outputs", drv))
          .isEqualTo(synapse("query", "--outputs", drv));
      assertThat(nix.output("nix", "log", drv)).isEqualTo(session.run("log", drv).out());
    }
    String out = synapse("query", "--outputs", top).lines().findFirst().orElseThrow();
    String needed = synapse("query", "--requisites", out).lines().findFirst().orElseThrow();
    assertThat(nix.output("nix", "why-depends", out, needed)).contains(needed);
    assertThat(nix.output("nix-store", "--query", "--deriver", out).strip()).isEqualTo(top);
    assertThat(synapse("query", "--deriver", out).strip()).isEqualTo(top);

    try (LocalStore store = LocalStore.open(nix.store())) {
      var _ = store.addIndirectRoot(folder.resolve("result"), StorePath.parse(out));
    }
    assertThat(synapse("roots")).isEqualTo("%s -> %s\n".formatted(folder.resolve("result"), out));
    assertThat(nix.output("nix-store", "--gc", "--print-roots")).isEqualTo(synapse("roots"));
    List<String> dead =
        synapse("gc", "--dry-run")
            .lines()
            .filter(line -> line.startsWith("dead "))
            .map(line -> line.substring("dead ".length(), line.lastIndexOf(':')))
            .sorted()
            .toList();
    assertThat(dead).isNotEmpty();
    assertThat(nix.lines("nix-store", "--gc", "--print-dead").stream().sorted()).isEqualTo(dead);
    nix.lines("nix-store", "--gc");
    assertThat(synapse("gc", "--dry-run")).doesNotContain("dead ");
    agree();
  }

  private static List<String> and(String first, List<String> more) {
    return Stream.concat(Stream.of(first), more.stream()).toList();
  }

  @Test
  void everyCommandWorksOnAStoreThatNixFilled() throws Exception {
    List<String> drvs = instantiate(nix, graph(2, GRAPH));
    nix.lines("nix-store", with("--realise", and("-j2", drvs)));
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("sub"));
    Files.writeString(tree.resolve("sub/file"), "in the tree");
    String added = nix.lines("nix-store", "--add", tree.toString()).getFirst();
    String out = nix.lines("nix-store", "--query", "--outputs", drvs.getLast()).getFirst();
    Path link = folder.resolve("result");
    nix.lines("nix-store", "--realise", "--add-root", link.toString(), drvs.getLast());
    agree();

    assertThat(synapse("add", tree.toString()).strip()).isEqualTo(added);
    assertThat(synapse("cat", added + "/sub/file")).isEqualTo("in the tree");
    assertThat(synapse("ls", "-lR", added))
        .isEqualTo(nix.output("nix", "store", "ls", "-lR", added));
    assertThat(synapse(realise(drvs)).lines())
        .as("nothing is built again")
        .containsAll(nix.lines("nix-store", with("--query", and("--outputs", drvs))));
    assertThat(session.run("log", drvs.getLast()).out())
        .isEqualTo(nix.output("nix", "log", drvs.getLast()));
    assertThat(synapse("roots").lines()).anyMatch(line -> line.startsWith(link + " -> "));
    assertThat(synapse("optimise")).contains("files share their space now");
    agree();
    assertThat(synapse("delete", added).strip()).isEqualTo(added);

    SortedMap<String, String> before = infos(synapse("path-info", "--all", "--json"));
    Files.delete(nix.store().resolve("nix/var/nix/db/db.sqlite"));
    assertThat(synapse("rebuild-db")).contains(before.size() + " paths are valid");
    assertThat(infos(nix.output("nix", "path-info", "--all", "--json")).keySet())
        .isEqualTo(before.keySet());
    String dead = synapse("gc", "--dry-run");
    assertThat(dead).contains("kept " + out + ": by " + link);
    synapse("gc");
    assertThat(nix.output("nix-store", "--gc", "--print-dead")).isEmpty();
    agree();
  }

  @Test
  void whatARunningSynapseBuildsIsKeptByBothCollectors() throws Exception {
    Path pipes = Files.createDirectory(temporary.resolve("pipes"));
    assertThat(
            new ProcessBuilder("mkfifo", "-m", "666", pipes + "/up", pipes + "/down")
                .start()
                .waitFor())
        .isZero();
    Files.setPosixFilePermissions(pipes, PosixFilePermissions.fromString("rwxrwxrwx"));
    List<String> drvs =
        instantiate(
            nix,
            """
            let garbage = builtins.toFile "garbage" "g"; needed = builtins.toFile "needed" "n";
            first = derivation { name = "first"; system = "x86_64-linux"; builder = "/bin/sh";
              args = [ "-c" "echo first > $out" ]; };
            in [ first (derivation { name = "slow"; system = "x86_64-linux"; builder = "/bin/sh";
              inherit needed first; args = [ "-ec" ''
                echo started > /w/up; read l < /w/down
                read n < $needed || true; read f < $first; echo $l $n $f > $out '' ]; })
              (builtins.seq garbage first) ]
            """);
    String drv = drvs.get(1);
    String added =
        nix.lines("nix-store", "--add", Files.writeString(folder.resolve("g"), "g").toString())
            .getFirst();
    String[] words = realise(List.of("--sandbox-path=/w=" + pipes, drv));
    Program.Running building = program.start(with("store", List.of(words)));
    var _ = building.process().onExit().thenRun(() -> tell(pipes.resolve("up"), "ended\n"));
    try (BufferedReader up = Files.newBufferedReader(pipes.resolve("up"))) {
      assertThat(up.readLine()).isEqualTo("started");
    }
    String planned = synapse("gc", "--dry-run");
    assertThat(planned).contains("dead " + added, "kept " + drv);
    nix.lines("nix-store", "--gc");
    assertThat(synapse("gc")).isEmpty();
    assertThat(synapse("path-info", "--all").lines()).contains(drv).doesNotContain(added);
    for (String keeper : List.of(drv, synapse("query", "--outputs", drvs.getFirst()).strip())) {
      Session.Result refused = run("delete", keeper);
      assertThat(refused.status()).isEqualTo(1);
    }
    try (OutputStream down = Files.newOutputStream(pipes.resolve("down"))) {
      down.write("go\n".getBytes(StandardCharsets.UTF_8));
    }
    Program.Result built = building.end();
    assertThat(built.status()).as(built.err()).isZero();
    assertThat(nix.store().resolve(built.out().strip().substring(1))).hasContent("go n first\n");
    agree();
  }

  /// Writes into a pipe without waiting for a reader.
  private static void tell(Path pipe, String text) {
    try (RandomAccessFile file = new RandomAccessFile(pipe.toFile(), "rw")) {
      file.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void bothAddBuildAndCollectAtTheSameTime() throws Exception {
    List<String> drvs = instantiate(nix, graph(3, CROWD));
    Path roots = Files.createDirectories(nix.store().resolve("nix/var/nix/gcroots"));
    for (String drv : drvs) {
      Files.createSymbolicLink(roots.resolve(Path.of(drv).getFileName()), Path.of(drv));
    }
    Path tree = Files.createDirectories(folder.resolve("tree"));
    for (int number = 0; number < 50; number++) {
      Files.writeString(tree.resolve("f" + number), "file " + number);
    }
    TreeSet<String> added = new TreeSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Program.Running> running = new TreeMap<>();
      running.put(
          "Synapse builds", program.start(with("store", List.of(realise(and("--jobs=2", drvs))))));
      running.put(
          "Nix builds", nix.start("nix-store", with("--realise", and("-j2", drvs.reversed()))));
      running.put("Synapse adds", program.start("store", "add", tree.toString()));
      running.put("Nix adds", nix.start("nix-store", "--add", tree.toString()));
      running.put("Synapse collects", program.start("store", "gc"));
      running.put("Nix collects", nix.start("nix-store", "--gc"));
      for (Map.Entry<String, Program.Running> each : running.entrySet()) {
        Program.Result result = each.getValue().end();
        assertThat(result.status()).as("%s: %s", each.getKey(), result.err()).isZero();
        if (each.getKey().endsWith("adds")) {
          added.add(result.out().strip());
        }
      }
      assertThat(added).hasSize(1);
      agree();
    }
    synapse(realise(and("--jobs=2", drvs)));
    agree();
    assertThat(synapse("path-info", "--all").lines()).containsAll(drvs);
  }
}
