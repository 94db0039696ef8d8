# What Synapse is built with: the JDK of the manifest's major version, Maven as the lock has it, and the recorded
# Maven repository, one fixed-output fetch for each line of the lock.
{ pkgs, project }:

let
  inherit (pkgs) lib;

  jdk = pkgs."jdk${project.javaMajor}_headless";

  # nixpkgs knows where repositories are; the lock and these flakes know their names only.
  mirrors.central = "maven";

  fetch = entry:
    pkgs.fetchurl {
      name = baseNameOf entry.path;
      url = "mirror://${mirrors.${entry.repository} or (throw
        "synapse.lock: nixpkgs has no mirror for the repository '${entry.repository}' (of ${entry.path})")}/${entry.path}";
      hash = entry.sha256;
    };

  # An input of the manifest as a build of Synapse sees it.
  input = name:
    let
      entry = project.lock.inputs.${name};
      file =
        if entry ? urls then pkgs.fetchurl { inherit (entry) name urls; hash = entry.sha256; }
        else fetch entry;
    in
    if !(entry.unpack or false) then file
    else
      pkgs.runCommand "synapse-input-${name}" { inherit file; } ''
        mkdir -p "$out"
        tar -xf "$file" -C "$out" --strip-components=1
      '';

  inputs = lib.genAttrs (project.package.inputs or [ ]) input;

  artifacts = map (entry: { name = entry.path; path = fetch entry; }) project.lock.maven.synapse-core;

  # bubblewrap is the sandbox of Synapse, and there is none but on Linux.
  tools = [ pkgs.git pkgs.gawk ] ++ lib.optional pkgs.stdenv.hostPlatform.isLinux pkgs.bubblewrap;
in
{
  inherit jdk inputs artifacts tools;

  javaHome = jdk.home;

  mavenRepository = pkgs.linkFarm "synapse-maven-repository" artifacts;

  environment = pkgs.buildEnv {
    name = "synapse-jvm-env";
    paths = [ jdk ] ++ lib.attrValues inputs ++ tools;
    pathsToLink = [ "/bin" ];
  };
}
