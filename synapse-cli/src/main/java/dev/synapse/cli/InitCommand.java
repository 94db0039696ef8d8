package dev.synapse.cli;

import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.ManifestTemplate;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `synapse init`: a manifest for the project found in a folder.
@Command(
    name = "init",
    description = "Write synapse.toml for the project found in a folder.",
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
  @ParentCommand private SynapseCommand synapse;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "The project's folder (default: this one).")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Print an object that names the file.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Path project = synapse.folder().resolve(folder).normalize();
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
    if (json) {
      Json.print(synapse.out(), Json.object("manifest", file.toString()));
    } else {
      synapse.out().println(file);
    }
    synapse.err().println("next: synapse lock, then synapse build");
    return ExitCode.DONE.status();
  }
}
