package dev.synapse.gmp.osv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.gmp.attest.PackageUrl;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OsvSnapshotTest {
  private static final String LOG4J =
      """
      {"id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"], "affected": [
        {"package": {"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"},
         "ranges": [
           {"type": "ECOSYSTEM", "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}]},
           {"type": "ECOSYSTEM", "events": [{"fixed": "2.3.1"}, {"introduced": "2.0-beta9"}]},
           {"type": "GIT", "events": [{"introduced": "0"}]}]},
        {"package": {"ecosystem": "Maven", "name": "org.example:listed"}, "versions": ["1.0"]},
        {"package": {"ecosystem": "Maven", "name": "org.example:until"},
         "ranges": [{"type": "ECOSYSTEM",
           "events": [{"introduced": "0"}, {"last_affected": "3.1"}]}]},
        {"package": {"ecosystem": "npm", "name": "log4js"}, "versions": ["1.0"]}]}
      """;

  @TempDir Path folder;

  private static Lookup jar(String group, String artifact, String version) {
    String path = "%s/%s/%s/%2$s-%3$s.jar".formatted(group.replace('.', '/'), artifact, version);
    return Lookup.of(PackageUrl.ofMaven(path).orElseThrow()).orElseThrow();
  }

  private static List<String> matched(OsvSnapshot snapshot, Lookup wanted) {
    return snapshot.of(wanted).stream()
        .filter(
            entry ->
                entry.affected().stream()
                    .anyMatch(
                        each -> each.isOf(wanted) && each.includes(wanted) == OsvEntry.Answer.YES))
        .map(OsvEntry::id)
        .toList();
  }

  private OsvSnapshot snapshot() throws Exception {
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/GHSA-jfh8-c2jp-5v3q.json"), LOG4J);
    return OsvSnapshot.read(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.logging.log4j, log4j-core, 2.14.1, true",
    "org.apache.logging.log4j, log4j-core, 2.13.0, true",
    "org.apache.logging.log4j, log4j-core, 2.15.0-rc1, true",
    "org.apache.logging.log4j, log4j-core, 2.15.0, false",
    "org.apache.logging.log4j, log4j-core, 2.12.9, false",
    "org.apache.logging.log4j, log4j-core, 2.0-beta8, false",
    "org.apache.logging.log4j, log4j-core, 2.0-beta9, true",
    "org.apache.logging.log4j, log4j-core, 2.3.1, false",
    "org.apache.logging.log4j, log4j-api, 2.14.1, false",
    "org.example, listed, 1.0.0, true",
    "org.example, listed, 1.1, false",
    "org.example, until, 0.1-alpha-1, true",
    "org.example, until, 3.1, true",
    "org.example, until, 3.1.1, false",
  })
  void findsAVersionExactlyWhereItIsAffected(
      String group, String artifact, String version, boolean affected) throws Exception {
    assertThat(matched(snapshot(), jar(group, artifact, version))).hasSize(affected ? 1 : 0);
  }

  @Test
  void readsAZipToo() throws Exception {
    Path zip = folder.resolve("all.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream entries = new ZipOutputStream(out)) {
      entries.putNextEntry(new ZipEntry("GHSA-jfh8-c2jp-5v3q.json"));
      entries.write(LOG4J.getBytes(UTF_8));
    }
    OsvSnapshot read = OsvSnapshot.read(zip);
    assertThat(read.documents()).isEqualTo(1);
    assertThat(matched(read, jar("org.example", "listed", "1.0"))).hasSize(1);
    assertThat(OsvSnapshot.read(folder).documents()).as("a folder of zips").isEqualTo(1);
  }

  @Test
  void leavesOutWhatWasWithdrawn() throws Exception {
    Files.writeString(
        folder.resolve("a.json"), LOG4J.replaceFirst("\\{", "{\"withdrawn\": \"2022-01-01\", "));
    OsvSnapshot read = OsvSnapshot.read(folder);
    assertThat(matched(read, jar("org.example", "listed", "1.0"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{\"id\":\"x\",\"affected\":[{\"package\":{\"ecosystem\":\"Maven\",\"name\":\"x\"}}]}"
      })
  void readsASnapshotWholeOrNotAtAll(String document) throws Exception {
    Files.writeString(folder.resolve("damaged.json"), document);
    assertThatThrownBy(() -> OsvSnapshot.read(folder))
        .isInstanceOf(OsvException.class)
        .hasMessageStartingWith("OSV document 'damaged.json' cannot be read: ");
  }

  @Test
  void anEmptySnapshotIsNone() {
    assertThatThrownBy(() -> OsvSnapshot.read(folder)).isInstanceOf(OsvException.class);
  }
}
