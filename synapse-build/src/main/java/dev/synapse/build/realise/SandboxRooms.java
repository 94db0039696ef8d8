package dev.synapse.build.realise;

import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.LoopbackBridge;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.sandbox.SandboxedProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Rooms that are sandboxes of this machine.
record SandboxRooms(SandboxRunner runner) implements Rooms {
  @Override
  public SandboxLevel level() {
    return runner.level();
  }

  @Override
  public Outcome run(Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException {
    SandboxedProcess process = runner.start(room, limits, log::write);
    try {
      Outcome outcome = process.waitFor();
      if (outcome instanceof Outcome.Cancelled) {
        throw new InterruptedException("this program ends");
      }
      return outcome;
    } catch (InterruptedException e) {
      process.end();
      throw e;
    }
  }

  @Override
  public Outcome runReaching(
      InetSocketAddress address, Path java, Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException {
    try (LoopbackBridge bridge = runner.bridge(address)) {
      return run(bridge.into(room, java), limits, log);
    }
  }
}
