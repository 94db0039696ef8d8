/// Store paths, derivations, archives, and the places that hold store objects.
module dev.synapse.store {
  requires static transitive org.jspecify;
  requires transitive java.net.http;
  requires java.sql;
  requires jdk.httpserver;
  requires com.github.luben.zstd_jni;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;
  requires org.xerial.sqlitejdbc;

  exports dev.synapse.store.bytes;
  exports dev.synapse.store.cache;
  exports dev.synapse.store.derivation;
  exports dev.synapse.store.graph;
  exports dev.synapse.store.hash;
  exports dev.synapse.store.local;
  exports dev.synapse.store.nar;
  exports dev.synapse.store.path;
  exports dev.synapse.store.reference;
  exports dev.synapse.store.signature;
  exports dev.synapse.store.transfer;
}
