/// From a manifest and a lock to outputs in the store.
module dev.synapse.build {
  requires static transitive org.jspecify;
  requires java.xml;
  requires transitive dev.synapse.events;
  requires transitive dev.synapse.sandbox;
  requires transitive dev.synapse.store;
  requires org.apache.commons.compress;
  requires org.tomlj;
  requires tools.jackson.core;

  exports dev.synapse.build;
  exports dev.synapse.build.document;
  exports dev.synapse.build.lock;
  exports dev.synapse.build.manifest;
  exports dev.synapse.build.maven;
  exports dev.synapse.build.rebuild;
}
