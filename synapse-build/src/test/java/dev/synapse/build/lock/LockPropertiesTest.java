package dev.synapse.build.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.manifest.Debian;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class LockPropertiesTest {
  @Property(seed = "1", tries = 60)
  void whatIsReadIsWhatWasWrittenAndIsWrittenTheSameAgain(@ForAll("locks") Lock lock)
      throws Exception {
    Path folder = Files.createTempDirectory("lock");
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    try {
      lock.write(first);
      Lock read = Lock.read(first);
      read.write(second);

      assertThat(read).isEqualTo(lock);
      assertThat(second).hasSameBinaryContentAs(first);
      assertThat(Files.readAllLines(first).stream().filter(line -> line.contains("\"size\"")))
          .as("one artifact a line")
          .hasSize(filesOf(lock));
    } finally {
      remove(first, second, folder);
    }
  }

  private static void remove(Path... paths) throws IOException {
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  private static int filesOf(Lock lock) {
    return lock.maven().values().stream().mapToInt(each -> each.files().size()).sum()
        + lock.toolchains().values().stream().mapToInt(each -> each.debs().size()).sum();
  }

  @Provide
  Arbitrary<Lock> locks() {
    return Combinators.combine(table(inputs()), table(toolchains()), table(maven()))
        .as(
            (inputs, toolchains, maven) ->
                new Lock(new TreeMap<>(inputs), new TreeMap<>(toolchains), new TreeMap<>(maven)));
  }

  private static <V> Arbitrary<Map<String, V>> table(Arbitrary<V> values) {
    return Arbitraries.maps(names(), values).ofMaxSize(3);
  }

  private static Arbitrary<String> names() {
    return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8);
  }

  /// Whatever a JSON string can hold.
  private static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars('"', '\\', '\n', '\t', '/', '\u0001', 'ä', '€', '\u2028')
        .ofMinLength(1)
        .ofMaxLength(6);
  }

  private static Arbitrary<String> paths() {
    return Arbitraries.strings()
        .withChars('a', 'ß', '.', '+', '~', '"', ' ', '%')
        .ofMinLength(1)
        .ofMaxLength(4)
        .map(text -> "p" + text)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(parts -> String.join("/", parts));
  }

  private static Arbitrary<LockedFile> files() {
    return Combinators.combine(names(), paths(), Arbitraries.longs().greaterOrEqual(0))
        .as(
            (repository, path, size) ->
                new LockedFile(repository, path, LockSamples.hash(path), size));
  }

  private static Arbitrary<LockedInput> inputs() {
    Arbitrary<LockedInput> urls =
        Combinators.combine(
                texts().list().uniqueElements().ofMinSize(1).ofMaxSize(3),
                names(),
                Arbitraries.of(true, false))
            .as(
                (addresses, name, unpack) ->
                    new LockedInput.Url(
                        addresses, name, unpack, LockSamples.hash(name), LockSamples.hash("n")));
    Arbitrary<LockedInput> artifacts =
        Combinators.combine(names(), names())
            .as(
                (group, artifact) ->
                    LockSamples.artifact(
                        group + ":" + artifact + ":1",
                        group + "/" + artifact + "/1/" + artifact + "-1.jar",
                        group));
    return Arbitraries.oneOf(urls, artifacts);
  }

  private static Arbitrary<LockedToolchain> toolchains() {
    Arbitrary<List<LockedDeb>> debs =
        Combinators.combine(names(), texts(), files())
            .as(LockedDeb::new)
            .list()
            .uniqueElements(LockedDeb::name)
            .ofMaxSize(4);
    return Combinators.combine(
            names().list().uniqueElements().ofMinSize(1).ofMaxSize(3),
            Arbitraries.maps(texts(), texts()).ofMaxSize(2),
            debs)
        .as(
            (packages, links, all) ->
                new LockedToolchain(
                    new Debian("trixie", packages, List.of("main"), "amd64"),
                    new TreeMap<>(links),
                    LockSamples.hash("release"),
                    LockSamples.hash("root"),
                    all));
  }

  private static Arbitrary<LockedMaven> maven() {
    return Combinators.combine(
            texts().list().uniqueElements().ofMinSize(1).ofMaxSize(2),
            files()
                .list()
                .uniqueElements(file -> file.repository() + ":" + file.path())
                .ofMaxSize(4))
        .as(LockedMaven::new);
  }
}
