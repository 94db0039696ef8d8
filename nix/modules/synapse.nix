# The binary cache of Synapse as a service, and what this machine takes from such caches.
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkIf mkOption types;

  cfg = config.services.synapse;
  cache = cfg.cache;

  state = "/var/lib/synapse";
  isState = path: path == state || lib.hasPrefix "${state}/" path;

  # `synapse cache keygen` prints NAME:KEY, 32 bytes in base 64.
  publicKey = types.strMatching "[^:[:space:]]+:[A-Za-z0-9+/]{43}=";

  isLoopback = cache.listenAddress == "localhost" || cache.listenAddress == "::1"
    || lib.hasPrefix "127." cache.listenAddress;

  host = if lib.hasInfix ":" cache.listenAddress then "[${cache.listenAddress}]" else cache.listenAddress;

  # systemd hands secrets to the service and to nobody else.
  keys = lib.imap0 (index: file: { name = "signing-key-${toString index}"; inherit file; }) cache.signingKeyFiles;
  credentials = keys ++ lib.optional (cache.tokenFile != null) { name = "token"; file = cache.tokenFile; };

  # As systemd reads it: % is its own, in a command $ too.
  literal = lib.replaceStrings [ "%" ] [ "%%" ];
  quoted = text: ''"${lib.replaceStrings [ "\\" "\"" ] [ "\\\\" "\\\"" ] (literal text)}"'';
  argument = text: lib.replaceStrings [ "$" ] [ "$$" ] (quoted text);

  arguments =
    map argument ([
      "${cfg.package}/bin/synapse"
      "--store"
      cfg.store
      "cache"
      "serve"
      "--listen"
      "${host}:${toString cache.port}"
      "--compression"
      cache.compression
      "--priority"
      (toString cache.priority)
    ]
    ++ lib.optionals (cache.folder != null) [ "--folder" cache.folder ])
    ++ lib.concatMap (key: [ "--key-file" "%d/${key.name}" ]) keys
    ++ lib.optionals (cache.tokenFile != null) [ "--token-file" "%d/token" ];

  served = if cache.folder != null then [ cfg.store cache.folder ] else [ cfg.store ];
  isHome = path: lib.any (home: lib.hasPrefix home path) [ "/home/" "/root/" "/run/user/" ];

  written = lib.filter (path: !isState path)
    ([ cfg.store ] ++ lib.optional (cache.folder != null && cache.tokenFile != null) cache.folder);

  inStore = path: lib.hasPrefix "${builtins.storeDir}/" path;
in
{
  options.services.synapse = {
    package = mkOption {
      type = types.package;
      description = "The Synapse that serves, and that is on everybody's path.";
    };

    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to install Synapse and to let Nix take what the trusted keys signed.";
    };

    store = mkOption {
      type = types.path;
      default = state;
      description = ''
        The folder of the store (`synapse --store`). One outside of ${state} belongs to a user of the machine:
        see `cache.user`.
      '';
    };

    substituters = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "http://cache.example.org:8080" ];
      description = "Addresses of binary caches that Nix on this machine asks.";
    };

    trustedKeys = mkOption {
      type = types.listOf publicKey;
      default = [ ];
      example = [ "cache-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" ];
      description = "Public keys, NAME:KEY, whose signatures Nix on this machine accepts.";
    };

    cache = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether to serve the store, or a folder, to Nix and Synapse.";
      };

      listenAddress = mkOption {
        type = types.str;
        default = "127.0.0.1";
        description = "The address to listen on. The protocol is plain HTTP; what is served is signed, not secret.";
      };

      port = mkOption {
        type = types.port;
        default = 8080;
        description = "The TCP port to listen on.";
      };

      openFirewall = mkOption {
        type = types.bool;
        default = false;
        description = "Whether to open the port in the firewall.";
      };

      folder = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "Serve this folder, which is a binary cache, in place of the store.";
      };

      signingKeyFiles = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Files with secret keys (`synapse cache keygen`) that sign what the store is asked for.";
      };

      tokenFile = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "A file with a token; whoever sends it may upload into the folder.";
      };

      compression = mkOption {
        type = types.enum [ "zstd" "xz" "none" ];
        default = "zstd";
        description = "How archives made from the store are compressed.";
      };

      priority = mkOption {
        type = types.ints.between 1 999999;
        default = 40;
        description = "Caches with lower numbers are asked first.";
      };

      user = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The user to run as; by default one that exists only while the service runs.";
      };

      group = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The group to run as; by default the user's.";
      };
    };
  };

  config = lib.mkMerge [
    (mkIf (cfg.enable || cache.enable) {
      environment.systemPackages = [ cfg.package ];
      nix.settings = {
        substituters = cfg.substituters;
        trusted-public-keys = cfg.trustedKeys;
      };
    })

    (mkIf cache.enable {
      assertions = [
        {
          assertion = cache.tokenFile == null || cache.folder != null;
          message = "services.synapse.cache.tokenFile: uploads need a folder; set services.synapse.cache.folder";
        }
        {
          assertion = cache.signingKeyFiles == [ ] || cache.folder == null;
          message = "services.synapse.cache.signingKeyFiles: a folder is served as it is signed; `synapse cache sign` signs it";
        }
        {
          assertion = !lib.any inStore (map (each: each.file) credentials);
          message = "services.synapse.cache: a key or token in the Nix store can be read by everybody; give a path outside of it, as a string";
        }
        {
          assertion = cache.user != null || (isState cfg.store && (cache.folder == null || isState cache.folder));
          message = "services.synapse.cache.user: a store or folder outside of ${state} needs the user that it belongs to";
        }
        {
          assertion = cache.group == null || cache.user != null;
          message = "services.synapse.cache.group: is nothing without services.synapse.cache.user";
        }
        {
          assertion = !cache.openFirewall || !isLoopback;
          message = "services.synapse.cache.openFirewall: the service listens on ${cache.listenAddress} only; set services.synapse.cache.listenAddress";
        }
      ];

      warnings = lib.optional (cache.tokenFile != null && !isLoopback)
        "services.synapse.cache: the upload token crosses the network unencrypted; put a proxy with TLS before port ${toString cache.port}";

      networking.firewall.allowedTCPPorts = lib.optional cache.openFirewall cache.port;

      systemd.services.synapse-cache = {
        description = "Binary cache of Synapse";
        wantedBy = [ "multi-user.target" ];
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
        environment = {
          HOME = state;
          # It would be made at each start, for a process that starts once.
          SYNAPSE_NO_START_UP_CACHE = "1";
        };
        serviceConfig = {
          ExecStart = lib.concatStringsSep " " arguments;
          Restart = "on-failure";
          # The end of `serve` is an interruption: 128 + SIGTERM.
          SuccessExitStatus = [ 143 ];

          StateDirectory = "synapse";
          StateDirectoryMode = "0755";
          LoadCredential = map (each: "${each.name}:${literal each.file}") credentials;
          ReadWritePaths = map quoted written;
          UMask = "0022";

          CapabilityBoundingSet = "";
          LockPersonality = true;
          NoNewPrivileges = true;
          PrivateDevices = true;
          PrivateTmp = true;
          ProtectClock = true;
          ProtectControlGroups = true;
          ProtectHome = if lib.any isHome served then "read-only" else true;
          ProtectHostname = true;
          ProtectKernelLogs = true;
          ProtectKernelModules = true;
          ProtectKernelTunables = true;
          ProtectProc = "invisible";
          ProtectSystem = "strict";
          RemoveIPC = true;
          # The last for the socket beside the store, over which a collection of garbage is told what to keep.
          RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
          RestrictNamespaces = true;
          RestrictRealtime = true;
          RestrictSUIDSGID = true;
          SystemCallArchitectures = "native";
          SystemCallErrorNumber = "EPERM";
          SystemCallFilter = [ "@system-service" "~@privileged" ];
          # Not MemoryDenyWriteExecute: the JVM compiles while it runs.
        }
        // (if cache.user == null then { DynamicUser = true; } else { User = cache.user; })
        // lib.optionalAttrs (cache.group != null) { Group = cache.group; };
      };
    })
  ];
}
