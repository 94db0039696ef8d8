package dev.synapse.build.fetch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What of the machine tells where repositories are. A test gives one of its own.
///
/// @param environment the environment variables
/// @param home the user's home folder, with `.m2` in it
/// @param root the root of the file system, with `etc/apt` and `usr/share` below it
/// @param mavenHomes folders of unpacked Mavens to read besides the installed one
public record Host(Map<String, String> environment, Path home, Path root, List<Path> mavenHomes) {
  /// Copies the map and the list.
  public Host {
    environment = Map.copyOf(environment);
    mavenHomes = List.copyOf(mavenHomes);
  }

  /// The machine this process runs on.
  public static Host current() {
    return new Host(
        System.getenv(), Path.of(System.getProperty("user.home")), Path.of("/"), List.of());
  }

  /// This host with one more Maven to read.
  public Host withMaven(Path folder) {
    var more = new ArrayList<>(mavenHomes);
    more.add(folder);
    return new Host(environment, home, root, more);
  }

  /// The folder of Synapse's own configuration files.
  Path configuration() {
    String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path folder = base.startsWith("/") ? Path.of(base) : home.resolve(".config");
    return folder.resolve("synapse");
  }
}
