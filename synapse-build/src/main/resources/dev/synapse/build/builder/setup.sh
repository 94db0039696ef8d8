# The builder of every Synapse package: runs the phases, one after another, in the room.
#
# What it is given, all through the environment: `src`, `out` (and `report`, ...), `kind` (maven or
# plain), `phase_NAME` for each phase that the manifest sets, `inputs` (names of variables that
# hold store paths), `mavenRepository` and `mavenOptions` for Maven projects, `reportAwk`,
# `reportTests` and `reportCoverage` where a quality report is wanted.
#
# Needs bash and coreutils, and an awk for the report.
set -euo pipefail

# Nix's own way to name a phase in a log, so that both tools show it.
announce() {
  printf '@nix {"action":"setPhase","phase":"%s"}\n' "$1" >&"$NIX_LOG_FD"
}

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

# Whoever made the room, it is one: the build directory is not that of a machine, and the programs are
# those of the toolchain. A Nix whose sandbox is off, or that was told of no toolchain, fails here.
[ "$NIX_BUILD_TOP" = /build ] || fail "not in a sandbox: the build directory is '$NIX_BUILD_TOP', not /build"
[ -z "${synapseRoot-}" ] || [ /usr -ef "$synapseRoot/usr" ] || fail "/usr is not that of the toolchain '$synapseRoot'"

mkdir -p "$NIX_BUILD_TOP/home" "$NIX_BUILD_TOP/tmp"
export HOME="$NIX_BUILD_TOP/home"

for input in ${inputs-}; do
  if [ -d "${!input}/bin" ]; then
    PATH="${!input}/bin:$PATH"
  fi
done
if [ -n "${JAVA_HOME-}" ]; then
  PATH="$JAVA_HOME/bin:$PATH"
fi
export PATH

# Maven reads what was recorded, and writes beside it; nothing is ever asked of a network.
if [ -n "${mavenRepository-}" ]; then
  export MAVEN_ARGS="$mavenOptions ${MAVEN_ARGS-}"
fi

default_unpack() {
  cp -r --no-preserve=mode,ownership,timestamps "$src" source 2>/dev/null || cp -r "$src" source
  # The executable bit is the one thing of a mode that a store object keeps.
  (cd "$src" && find . -type f -perm -100 -print0) | (cd source && xargs -0 -r chmod +x --)
  cd source
}

default_patch() { :; }

default_configure() {
  if [ "$kind" = plain ] && [ -x ./configure ]; then
    ./configure --prefix="$out"
  fi
}

has_target() {
  make -n "$1" >/dev/null 2>&1
}

default_build() {
  case $kind in
    maven) mvn -B -DskipTests package ;;
    plain) if [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; then make; fi ;;
  esac
}

default_check() {
  case $kind in
    maven) mvn -B verify ;;
    plain)
      if [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; then
        if has_target check; then make check; elif has_target test; then make test; fi
      fi
      ;;
  esac
}

default_install() {
  case $kind in
    maven)
      mkdir -p "$out/share/java"
      find . -path '*/target/*.jar' -not -path '*/target/*/*' -not -name '*-tests.jar' \
        -not -name '*-sources.jar' -not -name '*-javadoc.jar' -not -name 'original-*.jar' \
        -exec cp -- {} "$out/share/java/" \;
      ;;
    plain)
      if [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; then
        make install PREFIX="$out" prefix="$out"
      fi
      ;;
  esac
}

default_fixup() { :; }

# Each phase is a shell of its own: what one sets, or an `exit` in it, is no matter of the next, nor of
# what is done here. It starts in the folder of the sources.
run_phase() {
  local variable="phase_$1"
  if [ -n "${!variable+set}" ] && [ -z "${!variable}" ]; then
    return 0
  fi
  announce "$1"
  (
    cd -- "$sources"
    # The sources are where unpacking ends.
    if [ "$1" = unpack ]; then trap 'pwd -P >"$unpacked"' EXIT; fi
    if [ -n "${!variable+set}" ]; then eval "${!variable}"; else "default_$1"; fi
  )
}

# Tests that fail are for the gate to judge, so the check phase goes on to the report; Maven is told
# that they are no failure of its own. A check that fails for another reason is a failure of the
# build: see below.
check_status=0
run_check() {
  if [ -z "${reportTests-}" ]; then
    run_phase check
    return
  fi
  set +e
  (
    set -e
    if [ "$kind" = maven ]; then
      export MAVEN_ARGS="${MAVEN_ARGS-} -Dmaven.test.failure.ignore=true"
    fi
    run_phase check
  )
  check_status=$?
  set -e
}

write_report() {
  announce report
  [ ! -e "$report" ] && [ ! -L "$report" ] ||
    fail "a phase made the output 'report': it is for what is measured here"
  mkdir "$report"
  write_quality_report "$report/report.json" "$check_status"
  measured=$(measured_reports)
  [ "$check_status" -ne 0 ] || return 0
  if [ "$kind" = maven ]; then
    fail "the check phase ended with status $check_status, and not because of a test: those Maven was to go on after"
  elif [ "$check_status" -gt 125 ]; then
    fail "the check phase broke off with status $check_status"
  elif ! report_has_failures "$report/report.json"; then
    fail "the check phase ended with status $check_status though no test failed"
  fi
}

# The names and the texts of all files in the output 'report', which are plain files.
measured_reports() {
  local file
  shopt -s nullglob dotglob
  for file in "$report"/*; do
    [ -f "$file" ] && [ ! -L "$file" ] || return 1
    printf '%s\n' "$file"
    cat -- "$file"
  done
}

# What was measured is what is left, whatever the phases after it did.
require_measured_report() {
  [ "$(measured_reports)" = "$measured" ] ||
    fail "a phase changed the output 'report' after it was measured"
}

# For `synapse lock`: runs the goals once; the settings lead Maven to the recording proxy.
# `recordGoals` and `recordOptions` hold one word a line.
record() {
  local words
  announce record
  mapfile -t words <<<"$recordOptions"$'\n'"$recordGoals"
  mvn "${words[@]}"
}

sources=$NIX_BUILD_TOP
unpacked=$NIX_BUILD_TOP/tmp/unpacked
run_phase unpack
if [ -e "$unpacked" ]; then sources=$(<"$unpacked"); fi
cd -- "$sources"
run_phase patch
if [ -n "${report-}" ]; then
  # shellcheck source=report.sh
  . "$reportScript"
  mark_given_reports
fi
run_phase configure
if [ -n "${recordGoals-}" ]; then
  record
  exit
fi
run_phase build
run_check
if [ -n "${report-}" ]; then write_report; fi
run_phase install
run_phase fixup
if [ -n "${report-}" ]; then require_measured_report; fi

for output in $outputs; do
  [ -e "${!output}" ] || [ -L "${!output}" ] || fail "the phases made no output '$output' (${!output})"
done
