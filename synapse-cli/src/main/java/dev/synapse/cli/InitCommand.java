package dev.synapse.cli;

import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.ManifestTemplate;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/// `synapse init`: a manifest for the project found in a folder.
final class InitCommand extends Subcommand {
  private final Supplier<Optional<String>> folder =
      syntax.optionalParameter("DIR", "The project's folder (default: this one).");

  private final Syntax.Flag json = syntax.flag("--json", "Print an object that names the file.");

  InitCommand(SynapseCommand synapse) {
    super(synapse, "init", "Write synapse.toml for the project found in a folder.");
  }

  @Override
  ExitCode run() throws Exception {
    Path project = synapse.folder().resolve(folder.get().orElse("")).normalize();
    if (!Files.isDirectory(project)) {
      throw CommandException.usage("'%s' is no folder".formatted(project));
    }
    Path file = project.resolve(Manifest.FILE_NAME);
    try {
      Files.writeString(file, ManifestTemplate.forProject(project), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCode.USAGE, "'%s' is there already".formatted(file), "remove it to start anew");
    }
    if (json.given()) {
      Json.print(synapse.out(), Json.object("manifest", file.toString()));
    } else {
      synapse.out().println(file);
    }
    synapse.err().println("next: synapse lock, then synapse build");
    return ExitCode.DONE;
  }
}
