# The outputs of a flake of Synapse, for the sources that it is given.
nixpkgs:

{
  # The repository: `self` of the root flake. It holds synapse.toml, synapse.lock, permissions and templates.
  src,
  # A folder of templates, each a folder with a metadata.json. It need not exist.
  templates ? "${src}/templates",
  # Applied after the overlay of Synapse: what replaces `synapse-core` here is what checks and runners use.
  overlays ? [ ],
}@given:

let
  systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];

  eachSystem = make:
    builtins.listToAttrs (map (system: { name = system; value = make system; }) systems);

  project = import ./project.nix src;
  catalogue = import ./templates.nix { inherit project; folder = templates; };
  permissions = import ./permissions.nix { inherit project catalogue; };

  overlay = final: prev:
    let package = import ./package.nix { pkgs = final; inherit project; };
    in {
      synapse-core = package;
      synapse-cli = final.synapse-core;
    };

  # Packages of one system with those of Synapse among them.
  pkgsOf = eachSystem (system:
    builtins.foldl' (pkgs: each: pkgs.extend each) nixpkgs.legacyPackages.${system} ([ overlay ] ++ overlays));

  perSystem = make: eachSystem (system: make pkgsOf.${system});

  runners = perSystem (pkgs: import ./runners.nix { inherit pkgs project catalogue permissions; });
in
{
  packages = perSystem (pkgs: {
    inherit (pkgs) synapse-core synapse-cli;
    default = pkgs.synapse-core;
  });

  devShells = perSystem (pkgs: {
    default = import ./dev-shell.nix { inherit pkgs project catalogue; };
  });

  checks = perSystem (pkgs: {
    synapse-core-build = pkgs.synapse-core;
    template-validation = import ./template-validation.nix { inherit pkgs catalogue; };
  });

  lib = {
    # Tables and questions; the same for all systems.
    inherit permissions;

    # Functions of a system: `lib.createTemplateRunner.x86_64-linux "file_creator" ./request.json`.
    createTemplateRunner = builtins.mapAttrs (_: each: each.createTemplateRunner) runners;
    createAgentRunner = builtins.mapAttrs (_: each: each.createAgentRunner) runners;

    # The JDK, Maven and the tools that Synapse is built with, as one folder.
    jvmEnv = perSystem (pkgs: (import ./toolchain.nix { inherit pkgs project; }).environment);

    # These outputs, for other templates or with other packages.
    mkOutputs = other: import ./outputs.nix nixpkgs (given // other);
  };

  overlays.default = overlay;

  nixosModules.synapse = { lib, pkgs, ... }: {
    _file = "${src}/flake.nix#nixosModules.synapse";
    imports = [ "${src}/nix/modules/synapse.nix" ];
    services.synapse.package =
      lib.mkDefault pkgsOf.${pkgs.stdenv.hostPlatform.system}.synapse-core;
  };
}
