/// What a process may see and do, as a value, and the one place that starts processes.
module dev.synapse.sandbox {
  requires static transitive org.jspecify;

  exports dev.synapse.sandbox;
}
