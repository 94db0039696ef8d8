{
  description = "Synapse: packages, checks, shells and functions for people who have Nix";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs = { self, nixpkgs }:
    let
      mkOutputs = import ./outputs.nix nixpkgs;
      # In reach where Nix fetched the whole repository (`git+file:…?dir=…`, `github:…?dir=…`), and not where it
      # copied this folder only (`path:…`; relative inputs before Nix 2.26). Pure evaluation answers false then.
      repository = ../../..;
    in
    if builtins.pathExists (repository + "/synapse.toml") then
      mkOutputs { src = builtins.path { path = repository; name = "source"; }; }
    else
      { lib = { inherit mkOutputs; }; };
}
