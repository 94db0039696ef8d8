{
  description = "Synapse: hermetic builds, quality gates and least-privilege templates";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
    synapse-core = {
      url = "path:./nix/flakes/synapse-core";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  # What an input at a relative path sees differs between versions of Nix; the sources are therefore handed over.
  outputs = { self, nixpkgs, synapse-core }: synapse-core.lib.mkOutputs { src = self; };
}
