package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.nix.NixEngine;
import dev.synapse.build.nix.NixPrograms;
import dev.synapse.build.nix.NixStore;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;
import java.util.Optional;
import java.util.function.Supplier;

/// The options that say which engine runs the builder: Synapse's own room, or real Nix.
final class EngineOptions {
  /// An engine, by the name that users give it.
  enum Name {
    SYNAPSE,
    NIX;

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    Name other() {
      return this == NIX ? SYNAPSE : NIX;
    }
  }

  private final SynapseCommand synapse;
  private final Supplier<Optional<String>> engine;
  private final Supplier<Optional<String>> nixStore;
  private final Syntax.Flag crossCheck;

  /// Adds them to `syntax`.
  EngineOptions(SynapseCommand synapse, Syntax syntax) {
    this.synapse = synapse;
    engine =
        syntax.option(
            "--engine",
            "NAME",
            "What runs the builder: synapse (default) or nix, real Nix in its own sandbox.");
    crossCheck = syntax.flag("--cross-check", "Build with both engines, and compare every byte.");
    nixStore =
        syntax.option(
            "--nix-store",
            "URL",
            "The store that real Nix builds in: a folder, local?root=FOLDER, daemon, unix://SOCKET,"
                + " ssh-ng://HOST, ssh://HOST (default: a folder in Synapse's store).");
  }

  /// The engine that builds what is missing.
  Name chosen() throws CommandException {
    String given = engine.get().orElse(Name.SYNAPSE.text());
    for (Name each : Name.values()) {
      if (each.text().equals(given)) {
        return each;
      }
    }
    throw CommandException.usage("--engine takes synapse or nix, not '%s'".formatted(given));
  }

  boolean crossCheck() {
    return crossCheck.given();
  }

  /// Refuses what makes no sense together, before anything is done.
  void require() throws Exception {
    boolean nix = chosen() == Name.NIX;
    if (nixStore.get().isPresent() && !nix && !crossCheck()) {
      throw CommandException.usage("--nix-store is for --engine nix and --cross-check");
    }
    if (nix || crossCheck()) {
      var _ = nixStore();
      var _ = NixPrograms.find(synapse.environment());
    }
  }

  private NixStore nixStore() throws Exception {
    Optional<String> given = nixStore.get();
    return given.isPresent()
        ? NixStore.parse(given.get(), synapse.folder())
        : NixStore.in(synapse.storeFolder().resolve("synapse/nix"));
  }

  /// What builds with an engine, within the limits of a package.
  Realiser realiser(Name name, Workshop workshop, PackageSpec wanted, boolean keepFailed)
      throws Exception {
    if (name == Name.SYNAPSE) {
      return workshop.realisers().with(OpenProject.settings(wanted, keepFailed));
    }
    // What Nix keeps lies where Nix built.
    RealiseSettings settings = OpenProject.settings(wanted, false);
    NixEngine nix =
        new NixEngine(
            workshop.store(),
            NixPrograms.find(synapse.environment()),
            nixStore(),
            workshop.bus(),
            settings.cores());
    return workshop.realiser(keepFailed ? nix.keepingFailed() : nix, settings);
  }
}
