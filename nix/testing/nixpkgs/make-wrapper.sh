# wrapProgram FILE [--set-default NAME VALUE | --prefix NAME SEPARATOR VALUE]...
wrapProgram() {
  local program=$1 hidden
  hidden=$(dirname "$program")/.$(basename "$program")-wrapped
  mv -- "$program" "$hidden"
  shift
  {
    echo '#!/bin/bash'
    while [ $# -gt 0 ]; do
      case $1 in
        --set-default)
          printf 'export %s=${%s-%q}\n' "$2" "$2" "$3"
          shift 3
          ;;
        --prefix)
          printf 'export %s=%q${%s:+%q}${%s-}\n' "$2" "$4" "$2" "$3" "$2"
          shift 4
          ;;
        *)
          echo "wrapProgram: '$1' is not known here" >&2
          return 1
          ;;
      esac
    done
    printf 'exec -a "$0" %q "$@"\n' "$hidden"
  } >"$program"
  chmod +x "$program"
}
