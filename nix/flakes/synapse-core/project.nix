# What the repository says of itself. Nothing that stands there is repeated in Nix.
src:

let
  manifest = builtins.fromTOML (builtins.readFile "${src}/synapse.toml");
  lock = builtins.fromJSON (builtins.readFile "${src}/synapse.lock");
  package = manifest.packages.synapse-core;
  toolchain = manifest.toolchains.${package.toolchain};

  sourceDate = manifest.project.source-date or 0;

  only = what: found:
    if builtins.length found == 1 then builtins.head found
    else throw "synapse.toml: toolchains.${package.toolchain} names ${toString (builtins.length found)} ${what}, not one";
in
assert lock.version == 1 || throw "synapse.lock: version ${toString lock.version} is not known to these flakes; 1 is";
{
  inherit src manifest lock package toolchain;
  inherit (manifest.project) version description license;

  sourceDate =
    if builtins.isInt sourceDate then sourceDate
    else throw "synapse.toml: project.source-date: these flakes take seconds since 1970, not '${toString sourceDate}'";

  # "25", from the Debian package openjdk-25-jdk-headless.
  javaMajor = only "JDKs" (builtins.concatMap
    (name:
      let found = builtins.match "openjdk-([0-9]+)-jdk(-headless)?" name;
      in if found == null then [ ] else [ (builtins.head found) ])
    toolchain.debian.packages);

  # Who may do what.
  agents = builtins.fromJSON (builtins.readFile "${src}/permissions/agents.json");
}
