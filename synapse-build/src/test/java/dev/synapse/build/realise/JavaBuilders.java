package dev.synapse.build.realise;

import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An engine whose builders are pieces of this program, by the name of their derivation. Nothing of
/// it needs a sandbox.
final class JavaBuilders implements Engine {
  /// Makes the outputs of a job; what it returns was wrong.
  interface Builder {
    Optional<String> build(Job job) throws IOException;
  }

  private final Map<String, Builder> builders = new HashMap<>();
  private final List<String> run = Collections.synchronizedList(new ArrayList<>());

  JavaBuilders on(String name, Builder builder) {
    builders.put(name, builder);
    return this;
  }

  /// A builder that writes one file, for the output `out`.
  static Builder writing(String text) {
    return job -> {
      Files.writeString(place(job, "out"), text);
      return Optional.empty();
    };
  }

  /// A builder that fails after a line in the log.
  static Builder failing(String reason) {
    return job -> {
      say(job, "@phase build\nthis goes wrong\n");
      return Optional.of(reason);
    };
  }

  static void say(Job job, String text) throws IOException {
    job.log().write(text.getBytes(StandardCharsets.UTF_8));
  }

  static StorePath output(Job job, String name) {
    return job.task().outputs().getOrDefault(name, job.task().path());
  }

  static Path place(Job job, String name) {
    return job.places().of(output(job, name));
  }

  /// Names of what was built, in the order of beginning.
  List<String> run() {
    return List.copyOf(run);
  }

  @Override
  public Optional<String> build(Job job) throws RealiseException, IOException {
    String name = job.task().derivation().name();
    run.add(name);
    Builder builder = builders.get(name);
    if (builder == null) {
      throw new RealiseException("nothing here builds '%s'".formatted(name));
    }
    return builder.build(job);
  }

  @Override
  public Optional<SandboxLevel> level() {
    return Optional.empty();
  }
}
