package dev.synapse.store.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.CollectionPlan;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Conversations with real Nix, held once more with a store of ours: what the client asked for is
/// done and asked here, and each answer has the bytes that Nix's had, from the end of its log on.
final class ProtocolVectorsTest {
  private static final int SERVED = 11;
  private static final int ASKED = 36;

  /// When Nix's daemon had this conversation.
  private static final long NOW = 1_795_377_166;

  private static final long ALREADY_VALID = 2;
  private static final String ERROR = "error: ";

  @TempDir Path folder;

  @Test
  void everyAnswerIsTheOneThatNixGave() throws Exception {
    JsonNode serve = Vectors.json("protocol/serve.json");
    Path root = folder.resolve("root");
    try {
      int steps = 0;
      try (LocalStore store = open(root)) {
        for (JsonNode step : serve.get("steps")) {
          String op = step.get("op").asString();
          if (op.equals("BuildPaths")) {
            build(store, serve.get("derivation"));
          }
          WireOutput out = new WireOutput();
          new Served(store, hex(step, "send_hex"), out).answer(op);
          assertThat(out.bytes()).as(op).isEqualTo(hex(step, "recv_hex"));
          steps++;
        }
      }
      assertThat(steps).isEqualTo(SERVED);
      steps = 0;
      try (LocalStore store = open(root)) {
        for (JsonNode step : Vectors.json("protocol/daemon.json").get("steps")) {
          String op = step.get("op").asString();
          WireInput received = new WireInput(hex(step, "recv_hex"));
          WireOutput out = new WireOutput();
          Asked asked = new Asked(store, hex(step, "send_hex"), out);
          if (op.startsWith(ERROR)) {
            assertThat(asked.refusesToEnsure()).isTrue();
            assertThat(received.rest()).asString().contains("does not exist and cannot be created");
          } else {
            asked.answer(op);
            assertThat(out.bytes()).as(op).isEqualTo(afterLog(op, received));
          }
          steps++;
        }
        assertThat(store.verify(true)).isEmpty();
      }
      assertThat(steps).isEqualTo(ASKED);
    } finally {
      Nix.makeDeletable(root);
    }
  }

  private static LocalStore open(Path root) throws IOException {
    return LocalStore.open(root, Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
  }

  private static byte[] hex(JsonNode step, String field) {
    return HexFormat.of().parseHex(step.get(field).asString());
  }

  /// The answer without the messages before it.
  private static byte[] afterLog(String op, WireInput received) throws Exception {
    if (op.equals("hello")) {
      return received.rest();
    }
    if (op.equals("handshake")) {
      assertThat(received.string()).hasToString("2.8.0");
    }
    while (true) {
      long message = received.number();
      if (message == 0x616c7473) {
        return received.rest();
      } else if (message == 0x53545254) {
        for (int words = 3; words > 0; words--) {
          long _ = received.number();
        }
        var _ = received.string();
        fields(received);
        long _ = received.number();
      } else if (message == 0x53544f50) {
        long _ = received.number();
      } else if (message == 0x52534c54) {
        long _ = received.number();
        long _ = received.number();
        fields(received);
      } else {
        throw new AssertionError(op + ": unknown message " + Long.toHexString(message));
      }
    }
  }

  private static void fields(WireInput received) throws Exception {
    for (long left = received.number(); left > 0; left--) {
      if (received.flag()) {
        var _ = received.string();
      } else {
        long _ = received.number();
      }
    }
  }

  /// Puts the derivation there and what it builds, as was done between two steps.
  private void build(LocalStore store, JsonNode derivation) throws Exception {
    StorePath path = StorePath.parse(derivation.get("path").asString());
    Derivation parsed = Derivation.parse(derivation.get("drv_b64").binaryValue(), "proto-build");
    assertThat(store.addDerivation(parsed)).isEqualTo(path);
    StorePath out = parsed.outputPath("out").orElseThrow();
    Path made = Files.writeString(folder.resolve("built"), "built 20220501\n");
    try (PathLocks _ = store.lock(List.of(out))) {
      store.adopt(made, out);
      NarHash nar = Nar.hash(store.physical(out));
      store.registerOutputs(
          List.of(PathInfo.of(out, nar, List.of(), PathInfo.Origin.builtBy(path, NOW))));
    }
  }

  /// What both protocols have.
  private abstract static class Peer {
    final LocalStore store;
    final WireInput in;
    final WireOutput out;

    Peer(LocalStore store, byte[] sent, WireOutput out) {
      this.store = store;
      this.in = new WireInput(sent);
      this.out = out;
    }

    final PathInfo info(StorePath path) throws Exception {
      Optional<StorePath> deriver = in.optionalPath();
      Hash hash = Hash.ofDigest(HashAlgorithm.SHA256, HexFormat.of().parseHex(in.string().utf8()));
      SortedSet<StorePath> references = in.paths();
      long registered = in.number();
      long size = in.number();
      boolean ultimate = in.flag();
      List<String> signatures = in.strings();
      String address = in.string().utf8();
      return PathInfo.of(
          path,
          new NarHash(hash, size),
          references,
          new PathInfo.Origin(
              deriver,
              registered,
              ultimate,
              signatures,
              address.isEmpty() ? Optional.empty() : Optional.of(ContentAddress.parse(address))));
    }

    final void add(PathInfo info, InputStream archive) throws Exception {
      try (BuildDirectory scratch = store.newBuildDirectory("protocol")) {
        Path tree = scratch.path().resolve("tree");
        assertThat(Nar.restoreHashing(archive, tree)).isEqualTo(info.nar());
        store.adoptRestored(Map.of(info.path(), new LocalStore.Restored(info, tree)));
      }
    }

    final SortedSet<StorePath> valid(SortedSet<StorePath> paths) throws Exception {
      SortedSet<StorePath> valid = new TreeSet<>();
      for (StorePath path : paths) {
        if (store.isValid(path)) {
          valid.add(path);
        }
      }
      return valid;
    }

    /// What is answered when all outputs are valid.
    final void result(StorePath derivation) throws Exception {
      out.number(ALREADY_VALID).string("").number(0).number(0).number(0).number(0);
      Derivation read = store.readDerivation(derivation);
      SortedMap<String, StorePath> outputs = read.outputPaths();
      Hash modulo = new DerivationHasher(store.derivations()).masked(read).of("out");
      out.number(outputs.size());
      outputs.forEach(
          (name, path) -> {
            assertThat(name).isEqualTo("out");
            String id = "sha256:" + modulo.toHex() + "!" + name;
            out.string(id)
                .string(
                    ("{\"dependentRealisations\":{},\"id\":\"%s\",\"outPath\":\"%s\","
                            + "\"signatures\":[]}")
                        .formatted(id, path.baseName()));
          });
    }
  }

  /// `nix-store --serve`.
  private static final class Served extends Peer {
    Served(LocalStore store, byte[] sent, WireOutput out) {
      super(store, sent, out);
    }

    void answer(String op) throws Exception {
      long _ = in.number();
      switch (op) {
        case "hello" -> out.number(0x5452eecb).number(in.number());
        case "AddToStoreNar" -> {
          add(info(in.path()), in.stream());
          out.number(1);
        }
        case "QueryValidPaths" -> {
          boolean _ = in.flag();
          boolean _ = in.flag();
          out.strings(valid(in.paths()));
        }
        case "QueryPathInfos" -> {
          for (StorePath path : valid(in.paths())) {
            PathInfo info = store.find(path).orElseThrow();
            out.string(path.toString()).path(info.deriver()).strings(info.references());
            out.number(info.narSize()).number(info.narSize());
            out.string(info.narHash().prefixedNix32());
            out.string(info.contentAddress().map(ContentAddress::toString).orElse(""));
            out.strings(info.signatures());
          }
          out.string("");
        }
        case "DumpStorePath" -> Nar.write(store.physical(in.path()), out.stream());
        case "QueryClosure" -> {
          boolean _ = in.flag();
          out.strings(store.closure(in.paths()));
        }
        case "ExportPaths" -> {
          boolean _ = in.flag();
          StoreExport.write(store, in.paths(), out.stream());
        }
        case "ImportPaths" -> {
          StoreImport.read(store, in.stream(), Clock.systemUTC(), _ -> {});
          out.number(1);
        }
        case "BuildPaths" -> {
          for (StorePath path : in.paths()) {
            assertThat(store.derivationOutputs(path).values())
                .allSatisfy(output -> assertThat(store.isValid(output)).isTrue());
          }
          out.number(0);
        }
        case "BuildDerivation" -> {
          StorePath path = in.path();
          basic(store.readDerivation(path));
          result(path);
        }
        default -> throw new AssertionError(op);
      }
    }

    /// What is sent of a derivation is what we read in it.
    private void basic(Derivation derivation) throws Exception {
      WireOutput sent = new WireOutput();
      sent.number(derivation.outputs().size());
      derivation
          .outputPaths()
          .forEach((name, path) -> sent.string(name).string(path.toString()).string("").string(""));
      sent.strings(derivation.inputSources());
      sent.string(derivation.system().utf8()).string(derivation.builder().utf8());
      sent.strings(derivation.args()).number(derivation.env().size());
      derivation.env().forEach((key, value) -> sent.string(key.utf8()).string(value.utf8()));
      assertThat(in.stream().readNBytes(sent.bytes().length)).isEqualTo(sent.bytes());
    }
  }

  /// The daemon.
  private static final class Asked extends Peer {
    Asked(LocalStore store, byte[] sent, WireOutput out) {
      super(store, sent, out);
    }

    boolean refusesToEnsure() throws Exception {
      long _ = in.number();
      return !store.isValid(in.path());
    }

    void answer(String op) throws Exception {
      if (op.equals("handshake")) {
        return;
      }
      long _ = in.number();
      switch (op) {
        case "hello" -> out.number(0x6478696f).number(in.number());
        case "SetOptions" -> assertThat(out.bytes()).isEmpty();
        case "IsValidPath" -> out.flag(store.isValid(in.path()));
        case "QueryPathInfo" -> {
          Optional<PathInfo> info = store.find(in.path());
          out.flag(info.isPresent());
          info.ifPresent(this::write);
        }
        case "QueryValidPaths" -> out.strings(valid(in.paths()));
        case "QueryReferrers" -> out.strings(store.referrers(in.path()));
        case "QueryPathFromHashPart" -> out.path(store.findByDigest(in.string().utf8()));
        case "NarFromPath" -> Nar.write(store.physical(in.path()), out.stream());
        case "AddTempRoot" -> {
          store.addTemporaryRoot(in.path());
          out.number(1);
        }
        case "QueryDerivationOutputMap" -> {
          SortedMap<String, StorePath> outputs = store.derivationOutputs(in.path());
          out.number(outputs.size());
          outputs.forEach((name, path) -> out.string(name).string(path.toString()));
        }
        case "QueryValidDerivers" -> out.strings(store.validDerivers(in.path()));
        case "AddToStore" -> {
          StorePath added = addToStore();
          out.string(added.toString());
          write(store.find(added).orElseThrow());
        }
        case "AddTextToStore" -> {
          String name = in.string().utf8();
          var text = in.string();
          out.string(store.addText(text, name, in.paths()).toString());
        }
        case "AddToStoreNar" -> {
          PathInfo info = info(in.path());
          boolean _ = in.flag();
          boolean _ = in.flag();
          add(info, in.framed().stream());
        }
        case "AddSignatures" -> {
          PathInfo info = store.find(in.path()).orElseThrow();
          PathInfo.Origin origin = info.origin();
          store.registerOutputs(
              List.of(
                  PathInfo.of(
                      info.path(),
                      info.nar(),
                      info.references(),
                      new PathInfo.Origin(
                          origin.deriver(),
                          origin.registrationTime(),
                          origin.ultimate(),
                          in.strings(),
                          origin.address()))));
          out.number(1);
        }
        case "AddMultipleToStore" -> {
          boolean _ = in.flag();
          boolean _ = in.flag();
          Asked inner = new Asked(store, in.framed().rest(), out);
          for (long left = inner.in.number(); left > 0; left--) {
            inner.add(inner.info(inner.in.path()), inner.in.stream());
          }
        }
        case "QueryMissing" -> {
          requireBuilt();
          out.number(0).number(0).number(0).number(0).number(0);
        }
        case "BuildPaths" -> {
          requireBuilt();
          out.number(1);
        }
        case "BuildPathsWithResults" -> {
          String wanted = requireBuilt();
          out.number(1).string(wanted);
          result(StorePath.parse(wanted.substring(0, wanted.indexOf('!'))));
        }
        case "EnsurePath" -> {
          StorePath path = in.path();
          store.addTemporaryRoot(path);
          out.flag(store.isValid(path));
        }
        case "QueryAllValidPaths" -> out.strings(store.allValid());
        case "VerifyStore" -> out.flag(!store.verify(in.flag()).isEmpty());
        // There are no caches.
        case "HasSubstitutes", "QuerySubstitutablePaths", "QuerySubstitutablePathInfos" ->
            out.number(0);
        case "CollectGarbage (return live)" ->
            out.strings(
                    new TreeSet<>(
                        store.collector().plan().kept().stream()
                            .map(CollectionPlan.Kept::path)
                            .toList()))
                .number(0)
                .number(0);
        default -> throw new AssertionError(op);
      }
    }

    private void write(PathInfo info) {
      out.path(info.deriver()).string(info.narHash().toHex()).strings(info.references());
      out.number(info.registrationTime()).number(info.narSize()).flag(info.ultimate());
      out.strings(info.signatures());
      out.string(info.contentAddress().map(ContentAddress::toString).orElse(""));
    }

    /// The one derivation with outputs that is wanted, whose outputs are all there.
    private String requireBuilt() throws Exception {
      List<String> wanted = in.strings();
      assertThat(wanted).hasSize(1);
      String derivation = wanted.getFirst().substring(0, wanted.getFirst().indexOf('!'));
      for (StorePath output : store.derivationOutputs(StorePath.parse(derivation)).values()) {
        store.addTemporaryRoot(output);
        assertThat(store.isValid(output)).isTrue();
      }
      return wanted.getFirst();
    }

    private StorePath addToStore() throws Exception {
      final String name = in.string().utf8();
      final String method = in.string().utf8();
      final SortedSet<StorePath> references = in.paths();
      boolean _ = in.flag();
      byte[] contents = in.framed().rest();
      if (method.equals("text:sha256")) {
        return store.addText(contents, name, references);
      }
      try (BuildDirectory scratch = store.newBuildDirectory("protocol")) {
        Path source = scratch.path().resolve("source");
        boolean recursive = method.startsWith("fixed:r:");
        if (recursive) {
          Nar.restoreWhole(new ByteArrayInputStream(contents), source);
        } else {
          Files.write(source, contents);
        }
        String algorithm = method.substring(method.lastIndexOf(':') + 1);
        return store.addFixed(
            source, name, recursive, HashAlgorithm.ofLabel(algorithm).orElseThrow());
      }
    }
  }
}
