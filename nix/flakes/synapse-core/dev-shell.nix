# The tools that Synapse is built with, and a word on what to type.
{ pkgs, project, catalogue }:

let
  inherit (pkgs) lib;
  toolchain = import ./toolchain.nix { inherit pkgs project; };
  declared = project.manifest.shells.default or { };

  banner = ''
    Synapse ${project.version}: ${project.description}

      ./synapse build .#synapse-core    Synapse builds itself: hermetic, gated
      ./synapse gmp verify              what the gate says of that build
      ./synapse --help                  all commands
      mvn -B verify                     all tests
      nix flake check                   the package and the templates, by Nix

    templates: ${if catalogue.names == [ ] then "none" else lib.concatMapStringsSep ", " (name: "${name} ${catalogue.versionOf name}") catalogue.names}
  '';
in
pkgs.mkShell {
  name = "synapse-${project.version}";
  packages = [ toolchain.jdk ] ++ lib.attrValues toolchain.inputs ++ toolchain.tools
    ++ map (name: pkgs.${name}) (declared.packages or [ ]);
  JAVA_HOME = toolchain.javaHome;
  SOURCE_DATE_EPOCH = toString project.sourceDate;
  inherit banner;
  # To the error stream: what a command in the shell prints stays alone.
  shellHook = ''
    printf '%s\n' "$banner" >&2
    ${declared.hook or ""}
  '';
}
