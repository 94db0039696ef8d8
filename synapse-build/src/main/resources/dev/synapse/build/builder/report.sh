# The report phase: finds the reports that the phases left and makes one canonical report of them.
# Sourced by setup.sh, in the folder of the sources; needs bash, coreutils and an awk.
#
# `reportTests` and `reportCoverage` hold glob patterns, one a line, relative to that folder: `*`,
# `?`, `[...]`, and `**` for any number of folders. Symbolic links are not followed. Every pattern
# has to match, but where `reportUsual` holds `tests` or `coverage`: of those one is enough.

# The first awk there is; `awk` itself is a link that only a maintainer script makes.
report_awk() {
  local candidate
  for candidate in mawk gawk awk; do
    if command -v "$candidate" >/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  return 1
}

# Whether no folder of a relative path, nor its end, is a symbolic link.
report_is_plain_file() {
  local rest="$1" checked=""
  [ -f "$rest" ] || return 1
  while [ "${rest#*/}" != "$rest" ]; do
    checked="$checked${rest%%/*}"
    [ ! -L "$checked" ] || return 1
    checked="$checked/"
    rest="${rest#*/}"
  done
  [ ! -L "$1" ]
}

# Measured is what the phases leave, not what somebody brought along: reports among the sources get a
# time of their own, by which they are known later. Called before the first phase that may test.
mark_given_reports() {
  local pattern file
  local IFS=
  shopt -s globstar nullglob dotglob
  while read -r pattern; do
    for file in $pattern; do
      if report_is_plain_file "$file"; then touch -d @1 -- "$file"; fi
    done
  done <<<"${reportTests-}"$'\n'"${reportCoverage-}"
}

report_is_given() {
  [ "$(stat -c %Y -- "$1")" = 1 ]
}

# Writes the list that report.awk reads: what is declared, then each file once.
report_files() {
  local kind="$1" patterns="$2" usual="${reportUsual-}" pattern file found
  local IFS=
  local -A listed=()
  shopt -s globstar nullglob dotglob
  printf '%s\n' "$kind"
  while read -r pattern; do
    [ -n "$pattern" ] || continue
    case "/$pattern/" in
      //* | */../* | */./*)
        printf "error: report pattern '%s' is not a path below the sources\n" "$pattern" >&2
        return 1
        ;;
    esac
    found=
    for file in $pattern; do
      report_is_plain_file "$file" || continue
      if report_is_given "$file"; then
        printf "'%s' came with the sources: it is no report of this build\n" "$file" >&2
        continue
      fi
      found=1
      [ -z "${listed[$file]-}" ] || continue
      listed[$file]=1
      if [ "$file" != "${file//$'\n'/}" ] || [ "$file" != "${file//$'\t'/}" ]; then
        printf 'error: %q: a report must not have a line break or tab in its name\n' "$file" >&2
        return 1
      fi
      printf '%s\t%s\n' "$kind" "$file"
    done
    if [ -z "$found" ] && [ "$usual" = "${usual//$kind/}" ]; then
      printf "error: no file matches '%s': the check phase left no such report\n" "$pattern" >&2
      return 1
    fi
  done <<<"$patterns"
  if [ "${#listed[@]}" -eq 0 ]; then
    printf "error: the check phase left no report where they usually are (%s); name them with gmp.%s, [] if there are none\n" \
      "${patterns//$'\n'/, }" "$kind" >&2
    return 1
  fi
}

# Writes the report to the file given, and what was covered by line to `lines.json` beside it where
# coverage is measured; or nothing and fails. A status of the check phase other than 0 is noted in it.
write_quality_report() {
  local target="$1" check_status="$2" list="$NIX_BUILD_TOP/report.list" awk
  local lines="${target%/*}/lines.json"
  awk="$(report_awk)" || {
    printf 'error: the toolchain has no awk: add mawk to its packages\n' >&2
    return 1
  }
  : >"$list" || return 1
  # In a shell of their own, for the options they set. Each ends the report: `set -e` would not, in
  # a function whose result somebody asks for.
  if [ -n "${reportTests-}" ]; then
    (report_files tests "$reportTests") >>"$list" || return 1
  fi
  if [ -n "${reportCoverage-}" ]; then
    (report_files coverage "$reportCoverage") >>"$list" || return 1
  fi
  # Sorted by bytes, so that what is named first in a message does not depend on the file system.
  LC_ALL=C sort -o "$list" "$list" || return 1
  if ! LC_ALL=C "$awk" -v check_status="$check_status" -v lines_file="$lines" -f "$reportAwk" \
    <"$list" >"$target.partial"; then
    rm -f "$target.partial" "$lines"
    return 1
  fi
  mv "$target.partial" "$target" || return 1
}

# Whether a report counts a test that failed. Names in it are JSON strings: a quote in one is
# escaped, so nothing but the totals looks like this.
report_has_failures() {
  local line
  IFS= read -r line <"$1" || return 1
  [[ $line =~ \"tests\":\{\"errors\":([0-9]+),\"executed\":[0-9]+,\"failed\":([0-9]+), ]] || return 1
  [ "${BASH_REMATCH[1]}" -gt 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ]
}
