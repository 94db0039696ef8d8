package dev.synapse.build.debian;

import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Fetched;
import dev.synapse.build.fetch.Origin;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.lock.LockedDeb;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a package can be had that the mirrors have dropped: the service that keeps every version,
/// asked through its machine-readable interface, or a folder laid out as a mirror.
final class DebianSnapshot {
  private final Repositories repositories;
  private final Downloader downloader;
  private final Path cache;

  DebianSnapshot(Repositories repositories, Downloader downloader, Path cache) {
    this.repositories = repositories;
    this.downloader = downloader;
    this.cache = cache;
  }

  /// Addresses to try for a locked package. Its hash decides whether what comes is right.
  ///
  /// @throws DebianException when no snapshot service is configured
  Origin find(LockedDeb deb) throws IOException, InterruptedException {
    List<URI> bases;
    try {
      bases = repositories.bases(Repositories.DEBIAN_SNAPSHOT);
    } catch (FetchException e) {
      if (e.problem() instanceof FetchProblem.NoRepository) {
        throw new DebianException(
            new DebianProblem.Gone(
                deb.name(),
                deb.version(),
                "give the address of a snapshot service as repository '%s', or say synapse lock --update"
                    .formatted(Repositories.DEBIAN_SNAPSHOT)));
      }
      throw e;
    }
    Set<URI> addresses = new LinkedHashSet<>();
    for (Origin origin : places(deb)) {
      addresses.addAll(repositories.addresses(origin));
    }
    addresses.addAll(
        repositories.addresses(Origin.of(Repositories.DEBIAN_SNAPSHOT, deb.file().path())));
    return new Origin.Addresses(List.copyOf(addresses.isEmpty() ? bases : addresses));
  }

  private List<Origin> places(LockedDeb deb) throws IOException, InterruptedException {
    String question = "mr/binary/%s/%s/binfiles".formatted(deb.name(), deb.version());
    Fetched answer;
    try {
      answer =
          downloader.fetchUnverified(
              withFileInfo(Origin.of(Repositories.DEBIAN_SNAPSHOT, question)), cache);
    } catch (FetchException e) {
      if (e.problem() instanceof FetchProblem.NotFound) {
        return List.of();
      }
      throw e;
    }
    String file = deb.file().path().substring(deb.file().path().lastIndexOf('/') + 1);
    var places = new ArrayList<Origin>();
    try {
      JsonNode info = JsonMapper.shared().readTree(answer.file()).path("fileinfo");
      for (JsonNode versions : info) {
        for (JsonNode one : versions) {
          if (one.path("name").asString("").equals(file)) {
            places.add(
                Origin.of(
                    Repositories.DEBIAN_SNAPSHOT,
                    "archive/%s/%s%s/%s"
                        .formatted(
                            one.path("archive_name").asString(""),
                            one.path("first_seen").asString(""),
                            one.path("path").asString(""),
                            file)));
          }
        }
      }
    } catch (JacksonException e) {
      throw new DebianException(
          new DebianProblem.Malformed(answer.address().toString(), "it is no JSON"));
    }
    return places;
  }

  private Origin withFileInfo(Origin question) throws FetchException {
    return new Origin.Addresses(
        repositories.addresses(question).stream()
            .map(
                address ->
                    "file".equals(address.getScheme())
                        ? address
                        : URI.create(address + "?fileinfo=1"))
            .toList());
  }
}
