package dev.synapse.cli;

import dev.synapse.build.archive.ArchiveException;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.lock.LockException;
import dev.synapse.build.manifest.ManifestException;
import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenProblem;
import dev.synapse.build.nix.NixException;
import dev.synapse.build.realise.RealiseException;
import dev.synapse.build.source.SourceException;
import dev.synapse.gmp.attest.AttestException;
import dev.synapse.gmp.osv.OsvException;
import dev.synapse.gmp.policy.PolicyException;
import dev.synapse.gmp.record.RecordException;
import dev.synapse.gmp.record.RecordProblem;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportProblem;
import dev.synapse.gmp.report.ReportProblem.BadPattern;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.waiver.WaiverException;
import dev.synapse.sandbox.SandboxUnavailableException;
import dev.synapse.store.cache.CacheException;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.path.StorePathException;
import dev.synapse.store.transfer.TransferException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// How a command that failed ends.
///
/// @param exitCode whose fault it was
/// @param errors what went wrong, one thing each
/// @param hint what to do about it
record Failure(ExitCode exitCode, List<String> errors, Optional<String> hint) {
  private Failure(ExitCode exitCode, String error) {
    this(exitCode, List.of(error), Optional.empty());
  }

  private static <P> Failure all(ExitCode exitCode, List<P> problems, Function<P, String> message) {
    return new Failure(exitCode, problems.stream().map(message).toList(), Optional.empty());
  }

  private Failure withHint(String text) {
    return new Failure(exitCode, errors, Optional.of(text));
  }

  /// What `problem` is to the one who typed the command; empty for a bug of this program.
  static Optional<Failure> of(Exception problem) {
    return ofTheCall(problem)
        .or(() -> ofSeveral(problem))
        .or(() -> ofTheWork(problem))
        .or(() -> ofTheSurroundings(problem))
        .or(() -> ofStoresAndRecords(problem))
        .or(
            () ->
                problem instanceof IOException e
                    ? Optional.of(new Failure(ExitCode.ENVIRONMENT, inWords(e)))
                    : Optional.empty());
  }

  private static Optional<Failure> ofTheCall(Exception problem) {
    return Optional.ofNullable(
        switch (problem) {
          case CommandException e ->
              new Failure(e.exitCode(), List.of(String.valueOf(e.getMessage())), e.hint());
          case ManifestException e -> all(ExitCode.USAGE, e.problems(), each -> each.message());
          case LockException e -> all(ExitCode.USAGE, e.problems(), each -> each.message());
          case PolicyException e -> all(ExitCode.USAGE, e.problems(), each -> each.message());
          case StorePathException _, DerivationException _, SourceException _ ->
              new Failure(ExitCode.USAGE, firstLine(problem));
          default -> null;
        });
  }

  /// Of which there may be more than one in what was given.
  private static Optional<Failure> ofSeveral(Exception problem) {
    return Optional.ofNullable(
        switch (problem) {
          case WaiverException e -> all(ExitCode.REFUSED, e.problems(), each -> each.message());
          case ReportException e
              when e.problems().stream().anyMatch(BadPattern.class::isInstance) ->
              all(ExitCode.USAGE, e.problems(), ReportProblem::message)
                  .withHint("patterns are relative to this folder, or to that of -C DIR");
          case ReportException e -> all(ExitCode.REFUSED, e.problems(), ReportProblem::message);
          case MavenException e -> all(ExitCode.REFUSED, e.problems(), MavenProblem::message);
          default -> null;
        });
  }

  private static Optional<Failure> ofTheWork(Exception problem) {
    return Optional.ofNullable(
        switch (problem) {
          case RealiseException _,
              InputException _,
              NarException _,
              ArchiveException _,
              TransferException _ ->
              new Failure(ExitCode.REFUSED, String.valueOf(problem.getMessage()));
          case FetchException e when e.problem() instanceof FetchProblem.HashDiffers ->
              new Failure(ExitCode.REFUSED, firstLine(e));
          case InterruptedException _, InterruptedIOException _, ClosedByInterruptException _ ->
              new Failure(ExitCode.REFUSED, "interrupted");
          default -> null;
        });
  }

  private static Optional<Failure> ofTheSurroundings(Exception problem) {
    return Optional.ofNullable(
        switch (problem) {
          case SandboxUnavailableException e ->
              new Failure(ExitCode.ENVIRONMENT, e.problem().message()).withHint(e.problem().hint());
          case NixException e -> {
            ExitCode blame = e.problem().isUsage() ? ExitCode.USAGE : ExitCode.ENVIRONMENT;
            var failure = new Failure(blame, e.problem().message());
            yield e.problem().hint().isEmpty() ? failure : failure.withHint(e.problem().hint());
          }
          default -> null;
        });
  }

  private static Optional<Failure> ofStoresAndRecords(Exception problem) {
    return Optional.ofNullable(
        switch (problem) {
          case RecordException e -> {
            boolean unknown = e.problem() instanceof RecordProblem.Unknown;
            yield new Failure(unknown ? ExitCode.USAGE : ExitCode.REFUSED, e.problem().message());
          }
          case AttestException _, OsvException _ ->
              new Failure(ExitCode.REFUSED, firstLine(problem));
          case SignException e -> new Failure(ExitCode.REFUSED, e.problem().message());
          case CacheException e ->
              new Failure(CacheCommand.blame(e.problem()), e.problem().message());
          case StoreException e -> new Failure(blame(e.problem()), inWords(e));
          default -> null;
        });
  }

  private static ExitCode blame(StoreProblem problem) {
    return switch (problem) {
      case StoreProblem.BadName _,
          StoreProblem.NoSource _,
          StoreProblem.NotAFile _,
          StoreProblem.BadDerivation _,
          StoreProblem.LinkTaken _,
          StoreProblem.LinkInStore _ ->
          ExitCode.USAGE;
      case StoreProblem.WrongHash _,
          StoreProblem.UnsupportedType _,
          StoreProblem.WritableByOthers _,
          StoreProblem.ForeignFile _,
          StoreProblem.NotValid _,
          StoreProblem.InvalidReference _,
          StoreProblem.ReferenceCycle _,
          StoreProblem.StillAlive _,
          StoreProblem.StillReferred _,
          StoreProblem.InUse _,
          StoreProblem.WrongAddress _ ->
          ExitCode.REFUSED;
      case StoreProblem.NotOwned _,
          StoreProblem.NotWritable _,
          StoreProblem.NoFolder _,
          StoreProblem.NotAFolder _,
          StoreProblem.UnknownSchema _,
          StoreProblem.NoDatabase _,
          StoreProblem.DamagedDatabase _,
          StoreProblem.BusyDatabase _,
          StoreProblem.StoreOpen _,
          StoreProblem.DiskFull _ ->
          ExitCode.ENVIRONMENT;
    };
  }

  private static String inWords(IOException problem) {
    return switch (problem) {
      case NoSuchFileException e -> "'%s' is not there".formatted(e.getFile());
      case AccessDeniedException e -> "'%s' may not be read or written".formatted(e.getFile());
      case FileSystemException e when e.getReason() != null ->
          "'%s': %s".formatted(e.getFile(), e.getReason());
      default -> firstLine(problem);
    };
  }

  /// Its message, or the name of what it is.
  static String firstLine(Exception problem) {
    String message = problem.getMessage();
    return message == null
        ? problem.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
