# The options of NixOS that the module sets.
{ lib, ... }:

let
  list = lib.mkOption { type = lib.types.listOf lib.types.anything; default = [ ]; };
in
{
  options = {
    assertions = list;
    warnings = list;
    environment.systemPackages = list;
    networking.firewall.allowedTCPPorts = list;
    nix.settings = lib.mkOption { type = lib.types.attrs; default = { }; };
    systemd.services = lib.mkOption { type = lib.types.attrs; default = { }; };
  };
}
