package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The settings that Maven is recorded with, in place of the user's. A build needs none.
public final class MavenSettings {
  private MavenSettings() {}

  /// Every repository, also those that a POM names, is the one that answers at a loopback port.
  ///
  /// A mirror of the user's settings goes before those of Maven's own, so that the rule which
  /// blocks plain HTTP there is never reached; `external:http:*` leaves loopback alone anyway.
  /// Snapshots are asked for too, only so that the proxy can say which they are: it gives out none.
  public static String recording(int port, String repository) {
    if (!MavenPath.isRepository(repository)) {
      throw new IllegalArgumentException("invalid repository name '" + repository + "'");
    }
    String place =
        "<id>%s</id><url>http://127.0.0.1:%d/%s</url><snapshots><enabled>true</enabled></snapshots>"
            .formatted(repository, port, repository);
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
      <interactiveMode>false</interactiveMode>
      <mirrors>
        <mirror>
          <id>%s</id>
          <mirrorOf>*</mirrorOf>
          <url>http://127.0.0.1:%d/%s</url>
        </mirror>
      </mirrors>
      <profiles>
        <profile>
          <id>recording</id>
          <repositories>
            <repository>%4$s</repository>
          </repositories>
          <pluginRepositories>
            <pluginRepository>%4$s</pluginRepository>
          </pluginRepositories>
        </profile>
      </profiles>
      <activeProfiles>
        <activeProfile>recording</activeProfile>
      </activeProfiles>
    </settings>
    """
        .formatted(repository, port, repository, place);
  }

  static Path write(Path folder, String settings) throws IOException {
    return Files.writeString(folder.resolve("settings.xml"), settings, UTF_8);
  }
}
