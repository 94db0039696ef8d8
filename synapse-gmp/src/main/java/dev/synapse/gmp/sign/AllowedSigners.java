package dev.synapse.gmp.sign;

import dev.synapse.gmp.sign.SignProblem.OutOfTime;
import dev.synapse.gmp.sign.SignProblem.UnknownSigner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whose keys may sign, what for and when: the file that `ssh-keygen -Y verify -f` reads
/// (ssh-keygen(1), ALLOWED SIGNERS). Times without `Z` are UTC here, whatever the machine's zone,
/// so that a verdict is the same everywhere. Lines with `cert-authority` allow nobody: there are no
/// certificates here.
///
/// @param entries in the order of the file
public record AllowedSigners(List<AllowedSigner> entries) {
  /// Copies the list.
  public AllowedSigners {
    entries = List.copyOf(entries);
  }

  /// Reads the file's text. Keys of kinds that are not used here are passed over.
  public static AllowedSigners parse(String text) throws SignException {
    List<AllowedSigner> entries = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        try {
          SignerLine.parse(stripped).ifPresent(entries::add);
        } catch (SignException e) {
          throw SignException.malformed(
              "line %d of the allowed signers".formatted(number), e.problem().message());
        }
      }
    }
    return new AllowedSigners(entries);
  }

  /// The first line that lets this key sign.
  ///
  /// @param principal who it has to be, if that matters
  AllowedSigner find(VerifyKey key, String namespace, Optional<String> principal, Instant moment)
      throws SignException {
    Optional<String> outOfTime = Optional.empty();
    for (AllowedSigner entry : entries) {
      if (entry.allows(key, namespace, principal)) {
        Optional<String> wrong = entry.outOfTime(moment);
        if (wrong.isEmpty()) {
          return entry;
        }
        outOfTime = wrong;
      }
    }
    String fingerprint = key.fingerprint();
    throw new SignException(
        outOfTime
            .<SignProblem>map(when -> new OutOfTime(fingerprint, when))
            .orElse(new UnknownSigner(fingerprint, principal, namespace)));
  }
}
