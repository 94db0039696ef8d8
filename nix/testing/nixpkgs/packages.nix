# Packages of one system. Those that a build runs are links to programs of the machine, which the tests show in the
# sandbox of Nix; those of other systems are there to be evaluated.
{ lib, system }:

let
  fix = make: let final = make final; in final;

  # A fixed point that can be laid over, as nixpkgs is.
  extensible = make: fix (final: make final) // {
    extend = overlay: extensible (final: let prev = make final; in prev // overlay final prev);
  };

  base = final:
    let
      derive = name: attributes: script: derivation ({
        inherit name system;
        builder = "/bin/bash";
        # The last command is one of the shell: Nix 2.8 kills a builder that closes its output before it ends, as
        # programs do that the shell would become.
        args = [ "-euo" "pipefail" "-c" "export PATH=/usr/bin:/bin\n${script}\n:" ];
      } // attributes);

      # A package with links to programs of the machine, where it has them.
      linked = name: programs: derive name { } ''
        mkdir -p "$out/bin"
        for each in ${toString programs}; do
          if found=$(command -v "$each"); then ln -s "$found" "$out/bin/$each"; fi
        done
      '' // { pname = name; };
    in
    {
      inherit lib system;

      stdenv = {
        hostPlatform = { inherit system; isLinux = lib.hasInfix "linux" system; isDarwin = lib.hasInfix "darwin" system; };
        mkDerivation = arguments:
          let
            attributes = removeAttrs arguments [ "meta" "passthru" ];
            made = derivation ({
              name = attributes.name or "${attributes.pname}-${attributes.version}";
              inherit system;
              builder = "/bin/bash";
              args = [ "-e" ./builder.sh ];
            } // attributes);
          in
          made // (arguments.passthru or { }) // { meta = arguments.meta or { }; drvAttrs = attributes; };
      };

      # From the folders that the tests show at /mirrors, where nixpkgs knows addresses.
      fetchurl = { name ? baseNameOf url, url ? builtins.head urls, urls ? [ url ], hash }:
        derive name
          {
            inherit urls;
            outputHash = hash;
            outputHashMode = "flat";
            preferLocalBuild = true;
          } ''
          for each in $urls; do
            if cp -- "/mirrors/''${each#mirror://}" "$out"; then exit; fi
          done
          exit 1
        '';

      runCommand = name: attributes: script: derive name attributes script;

      linkFarm = name: entries: derive name
        {
          links = lib.concatMapStringsSep "" (entry: "${entry.name}\n${entry.path}\n") entries;
          passAsFile = [ "links" ];
        } ''
        while read -r link && read -r target; do
          mkdir -p "$out/''${link%/*}"
          ln -s "$target" "$out/$link"
        done <"$linksPath"
      '';

      buildEnv = { name, paths, pathsToLink ? [ "/" ] }: derive name { inherit paths pathsToLink; } ''
        for path in $paths; do
          for folder in $pathsToLink; do
            if [ -d "$path$folder" ]; then
              mkdir -p "$out$folder"
              ln -s "$path$folder"/* "$out$folder/"
            fi
          done
        done
      '';

      writeShellScriptBin = name: text: derive name
        {
          text = "#!/bin/bash\n${text}";
          passAsFile = [ "text" ];
        } ''
        mkdir -p "$out/bin"
        cp -- "$textPath" "$out/bin/$name"
        chmod +x "$out/bin/$name"
        bash -n "$out/bin/$name"
      '';

      mkShell = { packages, name, ... }@attributes:
        derive name (removeAttrs attributes [ "packages" "name" ] // { nativeBuildInputs = packages; }) ''
          { echo "the environment of a shell"; export; } >"$out"
        '';

      makeWrapper = derive "make-wrapper" { } ''
        mkdir -p "$out/nix-support"
        cp ${./make-wrapper.sh} "$out/nix-support/setup-hook"
      '';

      jdk25_headless = derive "jdk-25-headless" { } ''
        mkdir -p "$out/lib"
        for each in /usr/lib/jvm/*25*; do
          if [ -x "$each/bin/javac" ]; then
            ln -s "$each" "$out/lib/openjdk"
            break
          fi
        done
        ln -s lib/openjdk/bin "$out/bin"
      '' // { home = "${final.jdk25_headless}/lib/openjdk"; };

      bash = linked "bash" [ "bash" "sh" ];
      coreutils = linked "coreutils" [ "cat" "chmod" "cp" "dirname" "env" "kill" "ln" "mkdir" "mktemp" "mv" "readlink" "rm" "stat" "tee" "uname" ];
      findutils = linked "findutils" [ "find" "xargs" ];
      gnused = linked "gnused" [ "sed" ];
      gnugrep = linked "gnugrep" [ "grep" ];
      gawk = linked "gawk" [ "awk" "gawk" ];
      git = linked "git" [ "git" ];
      bubblewrap =
        if lib.hasInfix "linux" system then linked "bubblewrap" [ "bwrap" ]
        else throw "bubblewrap is not available on ${system}";
    };
in
extensible base
