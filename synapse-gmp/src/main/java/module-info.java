/// Measured quality: report readers, stages, policy and verdict.
module dev.synapse.gmp {
  requires static transitive org.jspecify;

  exports dev.synapse.gmp;
}
