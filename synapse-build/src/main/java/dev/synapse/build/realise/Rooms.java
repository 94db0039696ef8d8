package dev.synapse.build.realise;

import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.sandbox.SandboxTooLargeException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Makes rooms of their descriptions, and runs a program in each.
interface Rooms {
  /// How closed they are.
  SandboxLevel level();

  /// Runs the program of `room` to its end.
  ///
  /// @param log takes what it writes
  /// @throws SandboxTooLargeException if there is more in it than can be told to what makes it
  /// @throws IOException when the room cannot be made
  /// @throws InterruptedException when interrupted, or when this program ends; the program in the
  ///   room has ended then
  Outcome run(Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException;

  /// Runs the program of `room`, which reaches one address of this machine besides.
  ///
  /// @param address served by this program; the room has the same port of its own loopback
  /// @param java a JDK's `java`, as a path in the room
  Outcome runReaching(
      InetSocketAddress address, Path java, Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException;
}
