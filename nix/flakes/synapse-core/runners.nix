# Scripts that start something with the permissions that it declares, and no others. What holds it to them is the
# sandbox of `synapse run`; a mistake in the declaration is an error of the evaluation, before there is a script.
{ pkgs, project, permissions, catalogue }:

let
  inherit (pkgs) lib;
  inherit (permissions) getPermissions;

  listed = list: if list == [ ] then "no permission" else lib.concatStringsSep ", " list;

  script = name: kind: arguments:
    pkgs.writeShellScriptBin name ''
      set -euo pipefail
      printf '%s\n' ${lib.escapeShellArg "synapse: ${kind} with ${listed (getPermissions name)}"} >&2
      exec ${pkgs.synapse-core}/bin/synapse run ${arguments} "$@"
    '';

  # JSON's strings and arrays are TOML's too.
  toml = value:
    if builtins.isAttrs value then
      "{ ${lib.concatStringsSep ", " (lib.mapAttrsToList (name: each: "${builtins.toJSON name} = ${toml each}") value)} }"
    else if builtins.isList value then
      "[${lib.concatMapStringsSep ", " toml value}]"
    else builtins.toJSON value;

  toolchainName = project.package.toolchain;

  manifestOf = agent: ''
    [project]
    name = ${builtins.toJSON agent}

    [toolchains]
    ${builtins.toJSON toolchainName} = ${toml project.toolchain}

    [runners.${agent}]
    toolchain = ${builtins.toJSON toolchainName}
    permissions = ${toml (getPermissions agent)}
    run = "run"
  '';

  # What the manifest above needs of the lock.
  lock = {
    inherit (project.lock) version;
    for = {
      inputs = { };
      maven = { };
      toolchains.${toolchainName} = project.lock.for.toolchains.${toolchainName};
    };
    inputs = { };
    maven = { };
    toolchains.${toolchainName} = project.lock.toolchains.${toolchainName};
  };
in
{
  # A program NAME that runs the template on a request: `request` is a file, or null for one that is named when it is
  # started. Every permission that the template does not declare is denied, which no argument takes back.
  createTemplateRunner = template: request:
    assert permissions.templatePermissions ? ${template}
      || throw "there is no template '${template}'; there are: ${toString catalogue.names}";
    assert permissions.assertRunnable template;
    let
      denied = lib.subtractLists (getPermissions template) permissions.permissions;
      denials = lib.concatMap (permission: [ "--deny" permission ]) denied;
      named = lib.optional (request != null) "${request}";
    in
    script template "template '${template}'" (lib.escapeShellArgs (denials ++ [ template ] ++ named));

  # A program NAME that runs a script as the agent. `required` is what the script needs: an agent that lacks some
  # of it gets no runner. The arguments of the program are those of the script.
  createAgentRunner = agent: program: required:
    assert permissions.agentPermissions ? ${agent}
      || throw "there is no agent '${agent}'; there are: ${toString (builtins.attrNames permissions.agentPermissions)}";
    assert permissions.assertRunnable agent;
    assert permissions.validatePermissions agent required;
    let
      runner = pkgs.runCommand "${agent}-runner"
        {
          manifest = manifestOf agent;
          lock = builtins.toJSON lock;
          program = "${program}";
          passAsFile = [ "manifest" "lock" ];
        } ''
        mkdir -p "$out"
        cp -- "$manifestPath" "$out/synapse.toml"
        cp -- "$lockPath" "$out/synapse.lock"
        cp -- "$program" "$out/run"
        chmod +x "$out/run"
      '';
    in
    script agent "agent '${agent}'" "${runner}#${agent} --";
}
