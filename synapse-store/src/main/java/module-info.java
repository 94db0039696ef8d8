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
  requires software.amazon.awssdk.auth;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.http.urlconnection;
  requires software.amazon.awssdk.identity.spi;
  requires software.amazon.awssdk.regions;
  requires software.amazon.awssdk.retries;
  requires software.amazon.awssdk.retries.api;
  requires software.amazon.awssdk.services.s3;

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
