package dev.synapse.cli;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
/// x
final class Judgement {
  static Optional<Judgement> of(PackageSpec p, Map<String, StorePath> o, LocalStore s) { return Optional.empty(); }
  boolean released() { return true; }
  String toText(boolean c) { return ""; }
  Map<String, @Nullable Object> toJson() { return Map.of(); }
  String disposition(boolean b) { return ""; }
}
