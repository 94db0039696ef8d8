package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signing what is in a cache, and finding out what is wrong with it.
final class CacheUpkeepTest {
  private static final StorePath ABSENT = new StorePath("1".repeat(32), "absent");

  @TempDir Path folder;
  private SigningKey key;
  private Sample sample;
  private Path place;
  private BinaryCache cache;
  private CacheUpkeep upkeep;

  @BeforeEach
  void fill() throws Exception {
    key = SigningKey.generate("test-1");
    place = folder.resolve("cache");
    cache = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + place);
    upkeep = new CacheUpkeep(cache);
    try (LocalStore from = LocalStore.open(folder.resolve("from"))) {
      sample = Sample.fill(from, folder);
      var options = CachePush.Options.of(Compression.NONE, List.of(), 1);
      assertThat(new CachePush(from, cache, options, _ -> {}).push(List.of(sample.output())))
          .satisfies(pushed -> assertThat(pushed.pushed()).hasSize(Sample.PATHS));
    }
  }

  @AfterEach
  void clear() throws Exception {
    cache.close();
    Trees.delete(folder.resolve("from"));
  }

  private Trust trust() {
    return new Trust(new TrustedKeys(List.of(key.verificationKey())));
  }

  private List<CacheProblem> problems(boolean contents) throws Exception {
    return upkeep.check(List.of(), trust(), contents).problems();
  }

  private NarInfo told(StorePath path) throws Exception {
    return NarInfos.read(cache, path).orElseThrow();
  }

  private Path file(StorePath path) {
    return place.resolve(NarInfo.fileOf(path));
  }

  private Path nar(StorePath path) throws Exception {
    return place.resolve(told(path).file().url());
  }

  private static void edit(Path file, UnaryOperator<String> change) throws Exception {
    // One character a byte, whatever the bytes are.
    Files.writeString(
        file,
        change.apply(Files.readString(file, StandardCharsets.ISO_8859_1)),
        StandardCharsets.ISO_8859_1);
  }

  private void sign() throws Exception {
    assertThat(upkeep.sign(List.of(), List.of(key))).hasSize(Sample.PATHS);
  }

  @Test
  void signingSignsAllOnceAndKeepsTheSignaturesOfOthers() throws Exception {
    SigningKey other = SigningKey.generate("other-1");
    assertThat(upkeep.sign(List.of(), List.of(other)))
        .containsExactlyInAnyOrder(sample.text(), sample.other(), sample.output());
    sign();
    assertThat(upkeep.sign(List.of(), List.of(key, other))).as("nothing new").isEmpty();

    List<String> signatures = told(sample.output()).info().signatures();
    assertThat(signatures).hasSize(2);
    assertThat(signatures).anyMatch(each -> each.startsWith("other-1:"));
    assertThat(signatures).anyMatch(each -> each.startsWith("test-1:"));
    assertThat(problems(true)).isEmpty();
  }

  @Test
  void onlyWhatIsNamedIsSigned() throws Exception {
    assertThat(upkeep.sign(List.of(sample.output()), List.of(key)))
        .containsExactly(sample.output());
    assertThat(told(sample.text()).info().signatures()).isEmpty();

    CacheException thrown =
        catchThrowableOfType(
            CacheException.class, () -> upkeep.sign(List.of(ABSENT), List.of(key)));
    assertThat(thrown.problem()).isEqualTo(new CacheProblem.NotFound(cache.location(), ABSENT));
    assertThat(thrown.problem().message())
        .isEqualTo("cache '%s' does not have '%s'".formatted(cache.location(), ABSENT));
  }

  @Test
  void whatOthersChangedIsNotGoodAnyMore() throws Exception {
    sign();
    edit(file(sample.output()), text -> text.replaceFirst("NarSize: 3", "NarSize: 4"));

    assertThat(problems(false))
        .containsExactly(
            new CacheProblem.Untrusted(
                cache.location(), sample.output(), List.of("test-1"), List.of("test-1")));
  }

  @Test
  void onlyWhatDoesNotFollowFromItsContentsNeedsASignature() throws Exception {
    CacheUpkeep.Findings findings = upkeep.check(List.of(), trust(), true);

    assertThat(findings.checked()).isEqualTo(Sample.PATHS);
    assertThat(findings.problems())
        .containsExactly(
            new CacheProblem.Untrusted(
                cache.location(), sample.output(), List.of(), List.of("test-1")));
    assertThat(upkeep.check(List.of(sample.text()), trust(), true).problems()).isEmpty();
  }

  @Test
  void aReferenceThatIsNotThereIsFound() throws Exception {
    sign();
    Files.delete(file(sample.text()));

    List<CacheProblem> problems = problems(false);

    assertThat(problems)
        .containsExactlyInAnyOrder(
            new CacheProblem.MissingReference(cache.location(), sample.other(), sample.text()),
            new CacheProblem.MissingReference(cache.location(), sample.output(), sample.text()));
    assertThat(problems.getFirst().message())
        .endsWith(", but not '%s', which it refers to".formatted(sample.text()));
    assertThat(upkeep.check(List.of(sample.text()), trust(), false).problems())
        .containsExactly(new CacheProblem.NotFound(cache.location(), sample.text()));
  }

  @Test
  void anArchiveThatIsNotThereIsFoundWithAndWithoutLookingIntoIt() throws Exception {
    sign();
    String url = told(sample.text()).file().url();
    Files.delete(place.resolve(url));

    var missing = new CacheProblem.NoNar(cache.location(), sample.text(), url);
    assertThat(problems(false)).containsExactly(missing);
    assertThat(problems(true)).containsExactly(missing);
  }

  @Test
  void aChangedArchiveIsFoundOnlyByLookingIntoIt() throws Exception {
    sign();
    edit(nar(sample.text()), text -> text.replace("text\n", "tect\n"));

    assertThat(problems(false)).isEmpty();
    assertThat(problems(true))
        .singleElement()
        .isInstanceOfSatisfying(
            CacheProblem.WrongNar.class,
            problem -> {
              assertThat(problem.path()).isEqualTo(sample.text());
              assertThat(problem.announced().size()).isEqualTo(problem.actual().size());
              assertThat(problem.announced().hash()).isNotEqualTo(problem.actual().hash());
            });
  }

  @Test
  void anArchiveThatIsTooLongOrTooShortIsFound() throws Exception {
    sign();
    edit(nar(sample.text()), text -> text + "more");
    edit(nar(sample.other()), text -> text.substring(0, text.length() - 8));

    assertThat(problems(true))
        .hasSize(2)
        .contains(
            new CacheProblem.TooLong(
                cache.location(), sample.text(), told(sample.text()).info().narSize()))
        .anyMatch(
            problem ->
                problem instanceof CacheProblem.WrongNar wrong
                    && wrong.path().equals(sample.other()));
  }

  @Test
  void whatCannotBeDecompressedIsFound() throws Exception {
    sign();
    edit(file(sample.text()), text -> text.replace("Compression: none", "Compression: zstd"));
    edit(file(sample.other()), text -> text.replace("Compression: none", "Compression: xz"));

    assertThat(problems(true))
        .containsExactlyInAnyOrder(undecipherable(sample.text()), undecipherable(sample.other()));
  }

  private CacheProblem undecipherable(StorePath path) {
    return new CacheProblem.BadNar(cache.location(), path, "it is compressed in no known way");
  }

  @Test
  void aFileThatSpeaksOfAnotherPathIsFound() throws Exception {
    sign();
    Files.copy(file(sample.text()), file(ABSENT));
    String name = NarInfo.fileOf(ABSENT);

    var problem =
        new CacheProblem.BadNarInfo(
            cache.location(),
            name,
            new NarInfoProblem.BadValue(
                "StorePath", sample.text().toString(), "the file bears another digest"));
    assertThat(problems(false)).containsExactly(problem);
    assertThat(problem.message())
        .isEqualTo(
            "cache '%s' has a damaged '%s': its 'StorePath' is '%s': the file bears another digest"
                .formatted(cache.location(), name, sample.text()));
    assertThat(upkeep.check(List.of(ABSENT), trust(), false).problems())
        .as("asked by its name")
        .containsExactly(new CacheProblem.OtherPath(cache.location(), ABSENT, sample.text()));
  }

  @Test
  void aFileThatMakesNoSenseIsFoundAndDoesNotHideTheOthers() throws Exception {
    sign();
    Files.writeString(file(ABSENT), "nonsense\n");
    Files.createDirectory(place.resolve("folder.narinfo"));
    Files.delete(nar(sample.text()));

    CacheUpkeep.Findings findings = upkeep.check(List.of(), trust(), false);

    assertThat(findings.checked()).isEqualTo(Sample.PATHS + 2);
    assertThat(findings.problems())
        .containsExactlyInAnyOrder(
            new CacheProblem.BadNarInfo(
                cache.location(), NarInfo.fileOf(ABSENT), new NarInfoProblem.NoField("nonsense")),
            new CacheProblem.BadNarInfo(
                cache.location(), "folder.narinfo", new NarInfoProblem.Missing("StorePath")),
            new CacheProblem.NoNar(
                cache.location(), sample.text(), told(sample.text()).file().url()));
  }

  @Test
  void aCacheThatDoesNotSaySoIsNone() throws Exception {
    sign();
    Files.delete(place.resolve(CacheInfo.FILE));

    assertThat(problems(true))
        .containsExactly(
            new CacheProblem.NotACache(cache.location(), "it has no 'nix-cache-info'"));
  }

  @Test
  void aFolderThatIsNotThereCannotBeListed() throws Exception {
    try (BinaryCache nothing =
        new BinaryCaches(CacheSettings.DEFAULT).open("file://" + folder.resolve("nothing"))) {
      CacheException thrown =
          catchThrowableOfType(
              CacheException.class, () -> new CacheUpkeep(nothing).sign(List.of(), List.of(key)));
      assertThat(thrown.problem())
          .isEqualTo(
              new CacheProblem.Unreachable(
                  nothing.location(), "NoSuchFileException: " + folder.resolve("nothing")));
    }
  }

  /// A web server gives files by their names and cannot say which there are.
  @Test
  void aServedCacheIsCheckedOnlyForWhatIsNamed() throws Exception {
    sign();
    try (CacheServer server = CacheServer.of(place, CacheServer.Options.loopback(0), _ -> {});
        BinaryCache served =
            new BinaryCaches(CacheSettings.DEFAULT)
                .open("http://127.0.0.1:" + server.address().getPort())) {
      CacheUpkeep remote = new CacheUpkeep(served);
      assertThat(remote.check(List.of(sample.output(), sample.text()), trust(), true))
          .isEqualTo(new CacheUpkeep.Findings(2, List.of()));
      CacheException thrown =
          catchThrowableOfType(CacheException.class, () -> remote.check(List.of(), trust(), false));
      assertThat(thrown.problem()).isEqualTo(new CacheProblem.NoListing(served.location()));
      assertThat(thrown.problem().message()).endsWith("cannot be listed: name the paths");
    }
  }
}
