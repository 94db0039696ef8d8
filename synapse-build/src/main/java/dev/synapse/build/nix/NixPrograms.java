package dev.synapse.build.nix;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The programs of an installed Nix.
///
/// @param nix `nix`
/// @param nixStore `nix-store`
/// @param environment what they run with
public record NixPrograms(Path nix, Path nixStore, Map<String, String> environment) {
  /// Copies the environment.
  public NixPrograms {
    environment = Map.copyOf(environment);
  }

  /// Finds them on the `PATH` of `environment`.
  ///
  /// @throws NixException when one is missing
  public static NixPrograms find(Map<String, String> environment) throws NixException {
    return new NixPrograms(find("nix", environment), find("nix-store", environment), environment);
  }

  private static Path find(String program, Map<String, String> environment) throws NixException {
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path place = Path.of(folder, program);
      if (place.isAbsolute() && Files.isExecutable(place) && !Files.isDirectory(place)) {
        return place;
      }
    }
    throw new NixException(new NixProblem.NotInstalled(program));
  }
}
