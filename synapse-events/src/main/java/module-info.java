/// One bus: what happened in a build, a gate or a run, and who watches.
module dev.synapse.events {
  requires static transitive org.jspecify;

  exports dev.synapse.events;
}
