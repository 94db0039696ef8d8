package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk, here a small file system in memory, that gets full while the program writes to it.
@Timeout(300)
final class FullDiskTest {
  @TempDir private Path home;

  /// Runs `script` with a small file system at `$disk`. The script's function `run NAME COMMAND...`
  /// notes how a command ended.
  private void onSmallDisk(Program program, String script) throws Exception {
    Path disk = Files.createDirectory(home.resolve("disk"));
    String prelude =
        """
        run() {
          local name=$1 status=0; shift
          "$@" >"$notes/$name.out" 2>"$notes/$name.err" || status=$?
          echo $status >"$notes/$name.status"
        }
        """;
    Path notes = Files.createDirectory(home.resolve("notes"));
    program.with("disk", disk.toString()).with("notes", notes.toString());
    program.with("synapse", Program.launcher());
    var command = new ArrayList<>(List.of(Namespaces.withMounts(":")));
    command.addAll(List.of("bash", "-euc", prelude + script));
    var done = program.start(command).end();
    assertThat(done.status()).as(done.err()).isZero();
  }

  private Program.Result noted(String name) throws Exception {
    Path notes = home.resolve("notes");
    return new Program.Result(
        Integer.parseInt(Files.readString(notes.resolve(name + ".status")).strip()),
        Files.readString(notes.resolve(name + ".out")),
        Files.readString(notes.resolve(name + ".err")));
  }

  @Test
  void whereverItHappensAddingToTheStoreSaysSoAndLeavesTheStoreSound() throws Exception {
    Path tree = Files.createDirectory(home.resolve("tree"));
    for (int i = 0; i < 20; i++) {
      Files.write(tree.resolve("file" + i), new byte[100_000]);
    }
    List<Integer> kibibytes = List.of(4, 160, 2000);
    String script =
        """
        for size in SIZES; do
          mount -t tmpfs -o size=${size}k small "$disk"
          run full$size "$synapse" --store "$disk/store" store add TREE
          find "$disk" -name '*-tree' -o -path '*/builds/*' >"$notes/left$size"
          mount -o remount,size=100m "$disk"
          run next$size "$synapse" --store "$disk/store" store add TREE
          run verify$size "$synapse" --store "$disk/store" store verify
          umount "$disk"
        done
        """
            .replace("SIZES", String.join(" ", kibibytes.stream().map(String::valueOf).toList()))
            .replace("TREE", tree.toString());

    onSmallDisk(Program.of(home), script);

    for (int size : kibibytes) {
      var full = noted("full" + size);
      assertThat(full.status()).as("%d KiB: %s", size, full.err()).isEqualTo(3);
      assertThat(full.error()).contains("no space is left", home.resolve("disk").toString());
      assertThat(home.resolve("notes/left" + size)).as("%d KiB", size).isEmptyFile();
      assertThat(noted("next" + size).status()).as(noted("next" + size).err()).isZero();
      assertThat(noted("verify" + size).status()).as(noted("verify" + size).err()).isZero();
    }
  }

  @Test
  void everyCommandOnAStoreWhoseDiskIsFullSaysSo() throws Exception {
    Path file = Files.writeString(home.resolve("file"), "x");
    List<String> commands =
        List.of("path-info --all", "verify", "query --references PATH", "add " + file);
    var script =
        new StringBuilder(
            """
            mount -t tmpfs -o size=4m small "$disk"
            path=$("$synapse" --store "$disk/store" store add "$synapse")
            ! cat /dev/zero >"$disk/rest" 2>/dev/null
            """);
    for (int i = 0; i < commands.size(); i++) {
      script.append(
          "run full%d \"$synapse\" --store \"$disk/store\" store %s\n"
              .formatted(i, commands.get(i).replace("PATH", "$path")));
    }
    onSmallDisk(Program.of(home), script.toString());

    for (int i = 0; i < commands.size(); i++) {
      var full = noted("full" + i);
      assertThat(full.status()).as("%s: %s", commands.get(i), full.err()).isEqualTo(3);
      assertThat(full.error()).contains("no space is left", home.resolve("disk").toString());
    }
  }

  @Test
  void aBuildThatFillsItIsNoFailureOfTheBuilderAndLeavesNothing() throws Exception {
    SmallProject project =
        SmallProject.in(home).add("demo", "head -c 20000000 /dev/zero >$out; echo made >$out");
    onSmallDisk(
        project.program().with("SYNAPSE_HOME", home.resolve("disk").toString()),
        """
        mount -t tmpfs -o size=16m small "$disk"
        cp -a STORE/. "$disk"
        run full "$synapse" -C PROJECT build
        [ ! -L PROJECT/result ]
        cp -a "$disk" "$notes/after"
        mount -o remount,size=100m "$disk"
        run next "$synapse" -C PROJECT build --print-out-paths
        cat PROJECT/result >"$notes/made"
        """
            .replace("STORE", project.storeFolder().toString())
            .replace("PROJECT", project.folder().toString()));

    var full = noted("full");
    assertThat(full.status()).as(full.err()).isEqualTo(3);
    assertThat(full.error()).contains("no space is left", home.resolve("disk").toString());
    var after = new SmallProject(project.folder(), home.resolve("notes/after"), project.program());
    assertThat(after.outputs()).isEmpty();
    assertThat(after.leftovers()).isEmpty();
    assertThat(after.damage()).isEmpty();
    assertThat(noted("next").status()).as(noted("next").err()).isZero();
    assertThat(home.resolve("notes/made")).hasContent("made\n");
  }

  @Test
  void anArchiveThatFillsItIsNamedAndLeavesNothing() throws Exception {
    Path file = Files.write(home.resolve("file"), new byte[1_000_000]);
    onSmallDisk(
        Program.of(home),
        """
        mount -t tmpfs -o size=160k small "$disk"
        "$synapse" store dump FILE >"$notes/archive"
        run full "$synapse" store restore "$disk/copy" <"$notes/archive"
        ls -A "$disk" >"$notes/left"
        """
            .replace("FILE", file.toString()));

    assertThat(noted("full").status()).isEqualTo(3);
    assertThat(noted("full").error())
        .isEqualTo("no space is left for '%s'".formatted(home.resolve("disk/copy")));
    assertThat(home.resolve("notes/left")).isEmptyFile();
  }
}
