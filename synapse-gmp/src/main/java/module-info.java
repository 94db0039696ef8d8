/// Measured quality: report readers, stages, policy and verdict.
module dev.synapse.gmp {
  requires static transitive org.jspecify;
  requires java.xml;
  requires org.jacoco.core;
  requires tools.jackson.core;
  requires tools.jackson.databind;

  exports dev.synapse.gmp;
  exports dev.synapse.gmp.policy;
  exports dev.synapse.gmp.report;
  exports dev.synapse.gmp.verdict;
}
