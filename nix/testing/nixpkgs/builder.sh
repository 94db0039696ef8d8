# The phases of stdenv.mkDerivation that Synapse uses, in their order.
set -euo pipefail
export PATH=/usr/bin:/bin

for each in ${nativeBuildInputs-}; do
  if [ -d "$each/bin" ]; then PATH=$each/bin:$PATH; fi
  if [ -e "$each/nix-support/setup-hook" ]; then . "$each/nix-support/setup-hook"; fi
done

runHook() {
  if [ -n "${!1-}" ]; then eval "${!1}"; fi
}

# The machine has /usr/bin/env.
patchShebangs() { :; }

cp -r -- "$src" source
chmod -R u+w source
cd source
eval "${postPatch-}"
for each in configurePhase buildPhase checkPhase installPhase installCheckPhase; do
  case $each in
    checkPhase) [ -n "${doCheck-}" ] || continue ;;
    installCheckPhase) [ -n "${doInstallCheck-}" ] || continue ;;
  esac
  echo "phase: $each"
  eval "${!each}"
done
