/// Measured quality: report readers, stages, policy and verdict.
module dev.synapse.gmp {
  requires static transitive org.jspecify;
  requires transitive dev.synapse.build;
  requires java.xml;
  requires org.jacoco.core;
  requires transitive dev.synapse.store;
  requires pmd.core;
  requires pmd.cpp;
  requires pmd.cs;
  requires pmd.go;
  requires pmd.java;
  requires pmd.javascript;
  requires pmd.kotlin;
  requires pmd.python;
  requires pmd.rust;
  requires tools.jackson.core;
  requires transitive tools.jackson.databind;

  exports dev.synapse.gmp.analysis;
  exports dev.synapse.gmp.attest;
  exports dev.synapse.gmp.change;
  exports dev.synapse.gmp.json;
  exports dev.synapse.gmp.osv;
  exports dev.synapse.gmp.output;
  exports dev.synapse.gmp.policy;
  exports dev.synapse.gmp.record;
  exports dev.synapse.gmp.report;
  exports dev.synapse.gmp.sign;
  exports dev.synapse.gmp.verdict;
  exports dev.synapse.gmp.waiver;
  exports dev.synapse.gmp;
}
