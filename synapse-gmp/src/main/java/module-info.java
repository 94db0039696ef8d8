/// Measured quality: report readers, stages, policy and verdict.
module dev.synapse.gmp {
  requires static transitive org.jspecify;
  requires java.xml;
  requires transitive dev.synapse.build;
  requires transitive dev.synapse.store;
  requires tools.jackson.core;
  requires transitive tools.jackson.databind;

  exports dev.synapse.gmp;
  exports dev.synapse.gmp.attest;
  exports dev.synapse.gmp.json;
  exports dev.synapse.gmp.osv;
  exports dev.synapse.gmp.policy;
  exports dev.synapse.gmp.record;
  exports dev.synapse.gmp.report;
  exports dev.synapse.gmp.sign;
  exports dev.synapse.gmp.verdict;
}
