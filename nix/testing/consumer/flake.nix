{
  description = "A flake of somebody who has templates and uses Synapse; the tests of the repository build it";

  # Which nixpkgs and which Synapse: the tests say, with --override-input.
  inputs = {
    nixpkgs = { };
    synapse.inputs.nixpkgs.follows = "nixpkgs";
    # A project with a manifest and a lock of its own, to be built as Synapse is.
    project.flake = false;
  };

  outputs = { self, nixpkgs, synapse, project }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};

      # In place of the program: says how it was started.
      recorder = pkgs.writeShellScriptBin "synapse" ''
        printf '<%s>' "$@"
        echo
      '';

      # And one that finds a template wrong.
      refuser = pkgs.writeShellScriptBin "synapse" ''
        if [ "$3" = crypto_trading ]; then
          echo "crypto_trading: not valid"
          exit 1
        fi
      '';

      using = program: templates: synapse.lib.mkOutputs {
        inherit templates;
        overlays = [ (final: prev: { synapse-core = program; }) ];
      };
      with' = using recorder;
      ours = with' ./templates;
      inherit (ours.lib) permissions;

      createTemplateRunner = ours.lib.createTemplateRunner.${system};
      createAgentRunner = ours.lib.createAgentRunner.${system};

      run = pkgs.runCommand "runs"
        {
          template = createTemplateRunner "file_creator" null;
          requested = createTemplateRunner "crypto_trading" ./request.json;
          agent = createAgentRunner "git-workflow" ./script.sh [ "execute" "read" ];
        } ''
        mkdir "$out"
        "$template/bin/file_creator" request.json 'with a blank' >"$out/template" 2>"$out/template.err"
        "$requested/bin/crypto_trading" --dry-run >"$out/requested" 2>"$out/requested.err"
        "$agent/bin/git-workflow" status "it's" >"$out/agent" 2>"$out/agent.err"
        project=$(sed -e 's/^<run><//' -e 's/#.*//' "$out/agent")
        cp -r "$project" "$out/project"
      '';

      module = settings: (nixpkgs.lib.evalModules {
        specialArgs = { inherit pkgs; };
        modules = [ synapse.nixosModules.synapse ./nixos.nix settings ];
      }).config;
    in
    {
      inherit (ours) checks;
      packages.${system} = {
        inherit run;
        project = (synapse.lib.mkOutputs { src = project; }).packages.${system}.synapse-core;
        wrong = (with' ./wrong).checks.${system}.template-validation;
        none = (with' ./absent).checks.${system}.template-validation;
        refused = (using refuser ./templates).checks.${system}.template-validation;
        silent = (with' ./silent).checks.${system}.template-validation;
      };
      lib = {
        inherit permissions createTemplateRunner createAgentRunner;
        inherit ((with' ./wrong).lib.permissions) getPermissions;
        silent = (with' ./silent).lib.permissions.templatePermissions;
        known = import ./known-values.nix permissions;
        # What the module makes of some settings: the unit, and what NixOS would refuse or warn of.
        machine = settings:
          let config = module settings;
          in {
            inherit (config) environment networking nix systemd warnings;
            refused = map (each: each.message) (builtins.filter (each: !each.assertion) config.assertions);
          };
      };
    };
}
