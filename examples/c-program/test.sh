#!/bin/sh
# Runs the program given as $1 and writes what came out as JUnit XML.
set -u
program=$1
failures=0
cases=

expect() {
  wanted=$1
  shift
  actual=$("$program" "$@" 2>/dev/null) || actual="status $?"
  if [ "$actual" = "$wanted" ]; then
    cases="$cases<testcase classname=\"roman\" name=\"$*\"/>"
  else
    failures=$((failures + 1))
    cases="$cases<testcase classname=\"roman\" name=\"$*\"><failure message=\"'$actual', not '$wanted'\"/></testcase>"
  fi
}

expect I 1
expect IV 4
expect MCMXCIV 1994
expect MMMCMXCIX 3999
expect "status 1" 0
expect "status 1" 4000
expect "status 1" twelve

mkdir -p reports
printf '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="roman" tests="7" failures="%d" errors="0" skipped="0">%s</testsuite>\n' \
  "$failures" "$cases" >reports/TEST-roman.xml
[ "$failures" -eq 0 ]
