# Validates every template, and says which those were; that there are none is said as well.
{ pkgs, catalogue }:

let
  inherit (pkgs) lib;
  count = builtins.length catalogue.names;
  found = lib.concatMapStringsSep ", " (name: "${name} ${catalogue.versionOf name}") catalogue.names;
in
pkgs.runCommand "template-validation"
{
  summary =
    if count == 0 then "template-validation: there are no templates, nothing was validated"
    else "template-validation: ${toString count} ${if count == 1 then "template" else "templates"}: ${found}";
  problems = lib.concatMapStringsSep "\n" (problem: "error: ${problem}") catalogue.problems;
  templates = catalogue.names;
} ''
  set -o pipefail
  printf '%s\n' "$summary" | tee report
  if [ -n "$problems" ]; then
    printf '%s\n' "$problems" >&2
    exit 1
  fi
  export HOME=$PWD/home SYNAPSE_NO_START_UP_CACHE=1
  mkdir -p "$HOME"
  for template in $templates; do
    ${if count == 0 then "false" else "${pkgs.synapse-core}/bin/synapse template validate \"$template\" | tee -a report"}
  done
  cp report "$out"
''
