# Who may do what: templates as their metadata declares it, agents as permissions/agents.json lists it.
#
# These are tables to ask. What enforces them is the sandbox of `synapse run`, which a runner starts.
{ project, catalogue }:

let
  inherit (project) agents;

  templatePermissions = catalogue.permissions;
  agentPermissions = agents.agents;

  listed = list: if list == [ ] then "none" else builtins.concatStringsSep ", " list;

  # A name that stands for two things is none: neither's permissions may pass for the other's.
  getPermissions = name:
    if templatePermissions ? ${name} && agentPermissions ? ${name} then
      throw "'${name}' is the name of a template and of an agent; rename one of them"
    else templatePermissions.${name} or (agentPermissions.${name} or [ ]);

  hasPermission = name: permission: builtins.elem permission (getPermissions name);

  withPermission = table: permission:
    builtins.filter (name: builtins.elem permission table.${name}) (builtins.attrNames table);

  isMinimal = list: builtins.length list <= agents.most;

  excess = name:
    let granted = getPermissions name;
    in "'${name}' has ${toString (builtins.length granted)} permissions (${listed granted}), at most ${toString agents.most} are allowed";
in
rec {
  inherit (agents) version permissions;
  inherit templatePermissions agentPermissions;

  # Of a template or an agent; none for an unknown name.
  inherit getPermissions hasPermission;

  # Whether a list has no more permissions than one thing may hold.
  inherit isMinimal;

  # Names, sorted, capitals first.
  getTemplatesWithPermission = withPermission templatePermissions;
  getAgentsWithPermission = withPermission agentPermissions;

  # True, or an error that names each permission that is missing.
  validatePermissions = name: required:
    let missing = builtins.filter (permission: !hasPermission name permission) required;
    in
    if missing == [ ] then true
    else throw "'${name}' lacks ${listed missing}; it has ${listed (getPermissions name)}";

  # What breaks the rule of few permissions, by name; with the reason where it was waived in writing.
  violations = builtins.listToAttrs (map
    (name: { inherit name; value = excess name + (if agents.waivers ? ${name} then "; waived: ${agents.waivers.${name}}" else ""); })
    (builtins.filter (name: !isMinimal (getPermissions name))
      (builtins.attrNames (templatePermissions // agentPermissions))));

  # True, or an error: for what breaks the rule and has no waiver there is no runner.
  assertRunnable = name:
    if !(templatePermissions ? ${name} || agentPermissions ? ${name}) then
      throw "'${name}' is neither a template (${listed (builtins.attrNames templatePermissions)}) nor an agent (${listed (builtins.attrNames agentPermissions)})"
    else if isMinimal (getPermissions name) || agents.waivers ? ${name} then true
    else throw "${excess name}: split it, or write the reason into `waivers` of permissions/agents.json";
}
