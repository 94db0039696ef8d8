package dev.synapse.store.derivation;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Writes the term of a derivation.
final class DerivationPrinter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Derivation derivation;
  private final boolean masked;

  private DerivationPrinter(Derivation derivation, boolean masked) {
    this.derivation = derivation;
    this.masked = masked;
  }

  static byte[] print(Derivation derivation) {
    SortedMap<String, SortedSet<String>> inputs = new TreeMap<>();
    derivation.inputDerivations().forEach((path, outputs) -> inputs.put(path.toString(), outputs));
    return print(derivation, inputs, false);
  }

  /// The term with other texts in place of the paths of the input derivations.
  ///
  /// @param masked whether output paths, and variables named after outputs, are left empty
  static byte[] print(
      Derivation derivation, SortedMap<String, SortedSet<String>> inputs, boolean masked) {
    return new DerivationPrinter(derivation, masked).term(inputs);
  }

  private byte[] term(SortedMap<String, SortedSet<String>> inputs) {
    text("Derive([");
    outputs();
    text("],[");
    String separator = "";
    for (Map.Entry<String, SortedSet<String>> input : inputs.entrySet()) {
      text(separator + "(\"" + input.getKey() + "\",[");
      plainList(input.getValue());
      text("])");
      separator = ",";
    }
    text("],[");
    plainList(derivation.inputSources().stream().map(StorePath::toString).toList());
    text("],\"");
    out.writeBytes(derivation.system().toByteArray());
    text("\",");
    escaped(derivation.builder());
    text(",[");
    separator = "";
    for (ByteString argument : derivation.args()) {
      text(separator);
      escaped(argument);
      separator = ",";
    }
    text("],[");
    environment();
    text("])");
    return out.toByteArray();
  }

  private void outputs() {
    String separator = "";
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      String path =
          masked ? "" : derivation.outputPath(output.getKey()).map(StorePath::toString).orElse("");
      text(separator + "(\"" + output.getKey() + "\",\"" + path + "\",\"");
      text(method(output.getValue()) + "\",\"" + hash(output.getValue()) + "\")");
      separator = ",";
    }
  }

  private static String method(DerivationOutput output) {
    return switch (output) {
      case DerivationOutput.InputAddressed _, DerivationOutput.Deferred _ -> "";
      case DerivationOutput.Fixed fixed -> fixed.method();
      case DerivationOutput.Floating(var recursive, var algorithm) ->
          (recursive ? "r:" : "") + algorithm.label();
      case DerivationOutput.Impure(var recursive, var algorithm) ->
          (recursive ? "r:" : "") + algorithm.label();
    };
  }

  private static String hash(DerivationOutput output) {
    return switch (output) {
      case DerivationOutput.Fixed(_, var hash) -> hash.toHex();
      case DerivationOutput.Impure _ -> "impure";
      case DerivationOutput.InputAddressed _,
          DerivationOutput.Deferred _,
          DerivationOutput.Floating _ ->
          "";
    };
  }

  private void environment() {
    String separator = "(";
    for (Map.Entry<ByteString, ByteString> variable : derivation.env().entrySet()) {
      text(separator);
      escaped(variable.getKey());
      text(",");
      boolean hidden = masked && derivation.outputs().containsKey(variable.getKey().utf8());
      escaped(hidden ? ByteString.EMPTY : variable.getValue());
      text(")");
      separator = ",(";
    }
  }

  private void plainList(Collection<String> texts) {
    String separator = "";
    for (String each : texts) {
      text(separator + "\"" + each + "\"");
      separator = ",";
    }
  }

  private void escaped(ByteString value) {
    out.write('"');
    for (byte each : value.toByteArray()) {
      switch (each) {
        case '"' -> text("\\\"");
        case '\\' -> text("\\\\");
        case '\n' -> text("\\n");
        case '\r' -> text("\\r");
        case '\t' -> text("\\t");
        default -> out.write(each);
      }
    }
    out.write('"');
  }

  private void text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
