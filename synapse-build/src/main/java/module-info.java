/// From a manifest and a lock to outputs in the store.
module dev.synapse.build {
  requires static transitive org.jspecify;
  requires transitive java.net.http;
  requires java.xml;
  requires transitive dev.synapse.events;
  requires transitive dev.synapse.sandbox;
  requires transitive dev.synapse.store;
  requires com.github.luben.zstd_jni;
  requires org.apache.commons.compress;
  requires org.bouncycastle.pg;
  requires org.bouncycastle.provider;
  requires org.tomlj;
  requires org.tukaani.xz;
  requires tools.jackson.core;
  requires tools.jackson.databind;

  exports dev.synapse.build.archive;
  exports dev.synapse.build.debian;
  exports dev.synapse.build.document;
  exports dev.synapse.build.fetch;
  exports dev.synapse.build.lock;
  exports dev.synapse.build.manifest;
  exports dev.synapse.build.maven;
  exports dev.synapse.build.nix;
  exports dev.synapse.build.rebuild;
  exports dev.synapse.build.realise;
  exports dev.synapse.build.source;
  exports dev.synapse.build.project;
  exports dev.synapse.build.progress;
  exports dev.synapse.build.plan;
  exports dev.synapse.build.locking;
  exports dev.synapse.build.inputs;
}
