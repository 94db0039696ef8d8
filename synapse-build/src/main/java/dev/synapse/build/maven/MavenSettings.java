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
  /// A mirror of the user's settings goes before those of Maven's own, so that the rule which blocks
  /// plain HTTP there is never reached; `external:http:*` leaves loopback alone anyway.
  public static String recording(int port, String repository) {
    if (!MavenPath.isRepository(repository)) {
      throw new IllegalArgumentException("invalid repository name '" + repository + "'");
    }
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
        </settings>
        """
        .formatted(repository, port, repository);
  }

  static Path write(Path folder, String settings) throws IOException {
    return Files.writeString(folder.resolve("settings.xml"), settings, UTF_8);
  }
}
