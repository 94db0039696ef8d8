# The templates of a folder, as their metadata describes them.
#
# What is checked here is what these flakes rely on: that a template has the name of its folder, a version, and
# permissions that exist. All of metadata.json is checked by `synapse template validate`, in the check
# `template-validation`.
{ project, folder }:

let
  inherit (project) agents;

  entries = if builtins.pathExists folder then builtins.readDir folder else { };

  names = builtins.filter
    (name: entries.${name} == "directory" && builtins.pathExists "${folder}/${name}/metadata.json")
    (builtins.attrNames entries);

  read = name:
    builtins.addErrorContext "while reading templates/${name}/metadata.json"
      (builtins.fromJSON (builtins.readFile "${folder}/${name}/metadata.json"));

  templates = builtins.listToAttrs (map (name: { inherit name; value = read name; }) names);

  matches = pattern: value: builtins.isString value && builtins.match pattern value != null;
  shown = builtins.toJSON;
  unique = list: builtins.attrNames (builtins.listToAttrs (map (name: { inherit name; value = null; }) list));

  permissionProblems = granted:
    if !builtins.isList granted || !builtins.all builtins.isString granted then
      [ "/permissions: expected an array of strings, found ${shown granted}" ]
    else
      map (each: "/permissions: ${shown each} is no permission; there are ${toString agents.permissions}")
        (builtins.filter (each: !builtins.elem each agents.permissions) granted)
      ++ (if granted == [ ] then [ "/permissions: names none; leave it out for none" ] else [ ])
      ++ (if builtins.length granted > agents.most then
        [ "/permissions: ${toString (builtins.length granted)} permissions, at most ${toString agents.most}" ]
      else [ ])
      ++ (if builtins.length (unique granted) != builtins.length granted then
        [ "/permissions: one is there twice" ]
      else [ ]);

  problemsOf = name:
    let
      metadata = templates.${name};
      about = if builtins.isAttrs (metadata.template or null) then metadata.template else { };
      found =
        if !builtins.isAttrs metadata then [ "/: expected an object" ]
        else
          (if (about.name or null) == name then [ ]
          else [ "/template/name: expected ${shown name}, the name of the folder, found ${shown (about.name or null)}" ])
          ++ (if matches "[a-z][a-z0-9_]*" name then [ ]
          else [ "/template/name: lower case letters, digits and _, a letter first" ])
          ++ (if matches "[0-9]+[.][0-9]+[.][0-9]+" (about.version or null) then [ ]
          else [ "/template/version: expected a version like 1.0.0, found ${shown (about.version or null)}" ])
          ++ (if metadata ? permissions then permissionProblems metadata.permissions else [ ]);
    in
    map (problem: "templates/${name}/metadata.json: ${problem}") found;

  problems = builtins.concatMap problemsOf names;
in
{
  # Names, sorted, of what was found, valid or not.
  inherit names problems;

  # Metadata by name.
  inherit templates;

  # What each declares: nothing where it declares nothing. A template that is wrong has no permissions to ask for.
  permissions = builtins.mapAttrs
    (name: metadata:
      let wrong = problemsOf name;
      in if wrong == [ ] then metadata.permissions or [ ]
      else throw (builtins.concatStringsSep "\n" wrong))
    templates;

  versionOf = name: templates.${name}.template.version or "?";
}
