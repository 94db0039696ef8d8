package dev.synapse.gmp.waiver;

import dev.synapse.build.document.Problems;
import dev.synapse.build.document.TomlFile;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SshSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads files of waivers, each of which is signed as a whole by the one who approves all that is
/// in it: `ssh-keygen -Y sign -n synapse-gmp -f KEY waivers.toml` writes `waivers.toml.sig` beside
/// it. Several people approve in several files.
public final class SignedWaivers {
  private static final String SIGNATURE = ".sig";

  private final AllowedSigners signers;
  private final LocalDate day;

  /// @param signers who may approve
  /// @param day on which expiry, also that of keys, is judged
  public SignedWaivers(AllowedSigners signers, LocalDate day) {
    this.signers = signers;
    this.day = day;
  }

  /// Reads files and checks their signatures.
  ///
  /// @throws WaiverException with what is wrong in the first bad file: malformed, not signed,
  ///   signed by somebody else than it says
  /// @throws IOException if a file cannot be read
  public Waivers read(List<Path> files) throws WaiverException, IOException {
    List<Waiver> all = new ArrayList<>();
    for (Path file : files) {
      for (Waiver waiver : read(file)) {
        if (all.stream().anyMatch(other -> other.id().equals(waiver.id()))) {
          var problems = new Problems(String.valueOf(file.getFileName()));
          problems.add(0, waiver.id(), "another file has a waiver of this name");
          throw new WaiverException(problems.list());
        }
        all.add(waiver);
      }
    }
    return new Waivers(all, day);
  }

  private List<Waiver> read(Path file) throws WaiverException, IOException {
    var problems = new Problems(String.valueOf(file.getFileName()));
    if (!Files.isRegularFile(file)) {
      problems.add(0, "", "is no file");
      throw new WaiverException(problems.list());
    }
    // The bytes that are judged are the bytes that were signed, whatever happens to the file.
    byte[] bytes = Files.readAllBytes(file);
    Optional<List<Waiver>> waivers =
        TomlFile.parse(new String(bytes, StandardCharsets.UTF_8), problems)
            .map(content -> new WaiverFile(problems, content).read());
    if (problems.isEmpty()) {
      checkSignature(file, bytes, waivers.orElse(List.of()), problems);
    }
    if (waivers.isEmpty() || !problems.isEmpty()) {
      throw new WaiverException(problems.list());
    }
    return waivers.get();
  }

  private void checkSignature(Path file, byte[] bytes, List<Waiver> waivers, Problems problems)
      throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + SIGNATURE);
    if (!Files.isRegularFile(beside)) {
      problems.add(
          0,
          "",
          "is not signed: ssh-keygen -Y sign -n %s -f KEY %s"
              .formatted(SshSignature.NAMESPACE, file.getFileName()));
      return;
    }
    String signature = Files.readString(beside, StandardCharsets.ISO_8859_1);
    Instant moment = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    for (String approver :
        waivers.stream().map(each -> each.grounds().approvedBy()).distinct().toList()) {
      try {
        SshSignature.verifyAs(approver, bytes, signature, SshSignature.NAMESPACE, signers, moment);
      } catch (SignException e) {
        problems.add(0, "", e.problem().message());
      }
    }
  }
}
