package dev.synapse.cli;

import dev.synapse.gmp.output.ResultJson;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.Verdict;

/// The verdict on a build, by the gate that its package declares.
record Judgement(GateResult result) {
  Verdict verdict() {
    return result.verdict();
  }

  boolean released() {
    return verdict().disposition() != Disposition.REJECTED;
  }

  /// A build that cannot be repeated is rejected, whatever its tests say.
  Disposition disposition(boolean reproducible) {
    return reproducible ? verdict().disposition() : Disposition.REJECTED;
  }

  String toText(boolean colours) {
    return verdict().toText(colours);
  }

  /// As an object for a larger document.
  Object toJson() {
    return Json.parse(verdict().toJson());
  }

  /// All of it, for the record.
  String toRecord() {
    return ResultJson.write(result);
  }
}
