package dev.synapse.events;

/// Something that happened. Each module that does work defines its own events as records; nothing
/// that does work knows who watches.
public interface Event {}
