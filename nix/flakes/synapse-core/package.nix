# Synapse, built as its manifest says: the phases are those of synapse.toml, offline, from what synapse.lock holds.
{ pkgs, project }:

let
  inherit (pkgs) lib stdenv;
  inherit (project) package;

  toolchain = import ./toolchain.nix { inherit pkgs project; };

  gate = package.gmp;

  globs = option: given: lib.concatMapStringsSep " " (glob: "${option} ${lib.escapeShellArg glob}") given;

  # Zip archives know no time before 1980.
  outputTimestamp =
    if project.sourceDate <= 315532802 then "1980-01-01T00:00:02Z" else toString project.sourceDate;

  # A shell of its own, as in the builder of Synapse: what one phase sets is no matter of the next.
  phase = name: otherwise: ''
    (
      set -euo pipefail
      ${package.phases.${name} or otherwise}
    )
  '';

  # What the program starts, besides the JDK; the same on every machine, whatever is on the PATH.
  programs = [ pkgs.bash pkgs.coreutils pkgs.findutils pkgs.gnused pkgs.gnugrep ] ++ toolchain.tools;
in
stdenv.mkDerivation ({
  pname = "synapse-core";
  inherit (project) version src;

  strictDeps = true;
  nativeBuildInputs = [ toolchain.jdk pkgs.makeWrapper ]
    ++ lib.attrValues toolchain.inputs ++ toolchain.tools;

  # Nothing of the machine, of the day or of where it is built.
  LANG = "C.UTF-8";
  LC_ALL = "C.UTF-8";
  TZ = "UTC";
  JAVA_HOME = toolchain.javaHome;
  SYNAPSE_JAVA_HOME = toolchain.javaHome;
  SYNAPSE_NO_START_UP_CACHE = "1";
  inherit (toolchain) mavenRepository;

  postPatch = ''
    patchShebangs .
  '';

  # What was recorded is the tail of an empty local repository: Maven reads it where it is, and writes beside it.
  configurePhase = ''
    runHook preConfigure
    umask 022
    export HOME=$(mktemp -d)
    export SOURCE_DATE_EPOCH=${toString project.sourceDate}
    MAVEN_ARGS="--offline --batch-mode -Dmaven.repo.local=$(mktemp -d) -Dmaven.repo.local.tail=$mavenRepository"
    MAVEN_ARGS+=" -Dmaven.repo.local.tail.ignoreAvailability=true -Dproject.build.outputTimestamp=${outputTimestamp}"
    export MAVEN_ARGS
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    ${phase "build" "mvn -B -DskipTests package"}
    runHook postBuild
  '';

  # A test that fails ends the build here; the gate then judges what was measured.
  doCheck = true;
  checkPhase = ''
    runHook preCheck
    ${phase "check" "mvn -B verify"}
    synapse-cli/target/dist/bin/synapse gmp verify --stage ${gate.stage or "bootstrap"} --mode ${gate.mode or "warn"} \
      ${globs "--tests" gate.tests} ${globs "--coverage" gate.coverage} ${globs "--sources" (gate.sources or [ ])}
    runHook postCheck
  '';

  installPhase = ''
    runHook preInstall
    ${phase "install" "false"}
    wrapProgram "$out/bin/synapse" --set-default SYNAPSE_JAVA_HOME "$JAVA_HOME" \
      --prefix PATH : ${lib.escapeShellArg (lib.makeBinPath programs)}
    runHook postInstall
  '';

  # What was installed, not what lies in the build directory.
  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    version=$(env -i HOME="$HOME" SYNAPSE_NO_START_UP_CACHE=1 "$out/bin/synapse" --version)
    if [[ "$version" != *${lib.escapeShellArg project.version}* ]]; then
      echo "error: the installed program is '$version', not version ${project.version}" >&2
      exit 1
    fi
    env -i HOME="$HOME" SYNAPSE_NO_START_UP_CACHE=1 "$out/bin/synapse" store hash LICENSE
    if [ -d templates ]; then diff -r templates "$out/share/synapse/templates"; fi
    runHook postInstallCheck
  '';

  passthru = {
    inherit (toolchain) artifacts inputs jdk mavenRepository;
  };

  meta = {
    inherit (project) description;
    license = lib.getLicenseFromSpdxId project.license;
    platforms = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
    mainProgram = "synapse";
  };
}
# What the phases ask for by name: variables of the manifest, and inputs, `$maven` for `maven`.
// (package.env or { })
// lib.mapAttrs' (name: value: lib.nameValuePair (lib.replaceStrings [ "-" "." "+" ] [ "_" "_" "_" ] name) value) toolchain.inputs)
