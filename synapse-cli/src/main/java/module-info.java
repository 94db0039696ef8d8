/// The `synapse` command.
module dev.synapse.cli {
  requires static org.jspecify;
  requires dev.synapse.build;
  requires dev.synapse.gmp;
  requires info.picocli;
  requires tools.jackson.databind;

  opens dev.synapse.cli to
      info.picocli;
}
