package dev.synapse.build.realise;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.local.LocalStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Rooms without walls: each program is a process of this machine, which is told of the build
/// directory and of store objects where they lie outside. What a wall keeps off is no matter here;
/// [RealiserTest] has real ones.
public final class UnconfinedRooms implements Rooms {
  private static final int SIGNAL_BASE = 128;

  private final List<Sandbox> made = new ArrayList<>();
  private final List<InetSocketAddress> reached = new ArrayList<>();

  /// Has made none yet.
  public UnconfinedRooms() {}

  /// Runs goals in these rooms.
  public GoalRoom goalRoom(LocalStore store, EventBus bus, RealiseSettings settings) {
    return new GoalRoom(store, this, bus, settings);
  }

  /// The rooms so far.
  public List<Sandbox> made() {
    return List.copyOf(made);
  }

  /// The addresses that programs were to reach.
  public List<InetSocketAddress> reached() {
    return List.copyOf(reached);
  }

  @Override
  public SandboxLevel level() {
    return new SandboxLevel("none", "", "", SandboxLevel.Mechanism.POLLING);
  }

  @Override
  public Outcome run(Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException {
    made.add(room);
    Map<String, String> places = places(room);
    var builder =
        new ProcessBuilder(
                room.command().stream().map(word -> outside(word.toString(), places)).toList())
            .directory(Path.of(outside(room.workingDirectory().toString(), places)).toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    for (Map.Entry<RawText, RawText> each : room.environment().entrySet()) {
      builder
          .environment()
          .put(each.getKey().toString(), outside(each.getValue().toString(), places));
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Outcome.NotStarted(String.valueOf(e.getMessage()));
    }
    process.getOutputStream().close();
    try (InputStream said = process.getInputStream()) {
      said.transferTo(log);
    }
    int code = process.waitFor();
    return code > SIGNAL_BASE
        ? new Outcome.Signalled(code - SIGNAL_BASE)
        : new Outcome.Exited(code);
  }

  @Override
  public Outcome runReaching(
      InetSocketAddress address, Path java, Sandbox room, Limits limits, OutputStream log)
      throws IOException, InterruptedException {
    reached.add(address);
    return run(room, limits, log);
  }

  /// Where what the room shows lies outside, the deepest first: but for the machine's own programs.
  private static Map<String, String> places(Sandbox room) {
    Map<String, String> places =
        new TreeMap<>(
            Comparator.comparingInt(String::length).reversed().thenComparing(place -> place));
    for (Mount mount : room.mounts()) {
      switch (mount) {
        case Mount.ReadOnly(var from, var at) when at.startsWith("/nix") ->
            places.put(at.toString(), from.toString());
        case Mount.Writable(var from, var at) -> places.put(at.toString(), from.toString());
        default -> {}
      }
    }
    return places;
  }

  private static String outside(String text, Map<String, String> places) {
    String replaced = text;
    for (Map.Entry<String, String> place : places.entrySet()) {
      replaced =
          Pattern.compile("(?<![\\w./-])" + Pattern.quote(place.getKey()) + "(?=$|[/:;\"'\\s])")
              .matcher(replaced)
              .replaceAll(Matcher.quoteReplacement(place.getValue()));
    }
    return replaced;
  }
}
