# Sets java_home to a JDK that Synapse runs on, or ends the script that sources this.

# Sets major to the version that the `release` file of a JDK names; nothing is started to learn it.
java_major() {
  local line
  major=
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=*)
        line=${line#JAVA_VERSION=\"}
        major=${line%%[.\"]*}
        return
        ;;
    esac
  done 2>/dev/null <"$1/release"
}

java_home=
for candidate in "${SYNAPSE_JAVA_HOME-}" "${JAVA_HOME-}" /usr/lib/jvm/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/*; do
  if [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] && [ -r "$candidate/release" ]; then
    java_major "$candidate" || major=
    if [[ "$major" =~ ^[0-9]+$ ]] && [ "$major" -ge 25 ]; then
      java_home=$candidate
      break
    fi
  fi
done
if [ -z "$java_home" ]; then
  echo "error: no JDK 25 or newer in \$SYNAPSE_JAVA_HOME, \$JAVA_HOME or /usr/lib/jvm; install one (Debian 13: apt-get install openjdk-25-jdk-headless; or unpack any JDK 25 there)" >&2
  exit 3
fi
