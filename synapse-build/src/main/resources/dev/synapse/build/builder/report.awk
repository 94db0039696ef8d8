# Makes one canonical quality report of the test and coverage reports that a build left behind.
#
# Standard input: a line `tests` or `coverage` for each kind that the manifest declares, then a line
# `tests<TAB>PATH` or `coverage<TAB>PATH` for each file, paths relative to the working folder.
# Standard output: the report, one line of JSON with sorted keys and lists, without times, hosts and
# absolute paths. Exit 1 with one line per damaged file on standard error: then the output is worth
# nothing. Where coverage is declared, the file `lines_file` gets what was covered line by line, one
# line of JSON too: for each source file, sorted by module and path, a text of entries with a space
# between them, `LINE:MISSED:COVERED` of instructions, and `:MISSED:COVERED` of branches where the
# line has any.
#
# POSIX awk, run with LC_ALL=C so that a character is a byte; runs under mawk and gawk. A strict
# reader of XML 1.0 without DTDs: lines are split at `<`, each part is fed to a state machine that
# checks what it passes (balance, quotes, references, UTF-8). Cost: linear in the size of the files;
# memory: the longest line, the longest tag, the names of tests that failed or were skipped, and some
# ten bytes for each line that was measured.
# The reader of bare reports in dev.synapse.gmp.report follows the same rules and writes the same
# bytes; a contract test holds the two together.

BEGIN {
  MAX_DEPTH = 100          # elements inside one another
  MAX_TAG = 8388608        # bytes of one tag with its attributes
  MAX_FILE = 268435456     # bytes of one file
  MAX_NAME = 1000          # bytes of a name in the report
  for (i = 1; i < 32; i++) {
    escape[sprintf("%c", i)] = sprintf("\\u%04x", i)
  }
  escape["\""] = "\\\""
  escape["\\"] = "\\\\"
  escape["\b"] = "\\b"
  escape["\t"] = "\\t"
  escape["\n"] = "\\n"
  escape["\f"] = "\\f"
  escape["\r"] = "\\r"
  files = 0
}

/\t/ {
  tab = index($0, "\t")
  file_kind[files] = substr($0, 1, tab - 1)
  file_path[files] = substr($0, tab + 1)
  files++
  next
}

{ declared[$0] = 1 }

END {
  problems = 0
  for (f = 0; f < files; f++) {
    read_report(file_path[f], file_kind[f])
  }
  if (problems > 0) {
    exit 1
  }
  write_report()
  if ("coverage" in declared && lines_file != "") {
    write_lines()
  }
}

# --- XML -----------------------------------------------------------------------------------------

function read_report(path, kind,    line, got, parts, n, i) {
  path_now = path
  kind_now = kind
  module = module_of(path)
  state = "text"
  depth = 0
  root_seen = 0
  doctype_seen = 0
  line_number = 0
  size = 0
  bad = 0
  declaration_allowed = 1
  begin_report()
  while (!bad && (got = (getline line < ("./" path))) > 0) {
    line_number++
    if (line_number == 1 && substr(line, 1, 3) == "\357\273\277") {
      line = substr(line, 4)
    }
    size += length(line) + 1
    if (size > MAX_FILE) {
      fail("is larger than 256 MiB")
    }
    if (line_number == 1) {
      refuse_other_encodings(line)
    }
    check_characters(line)
    n = split(line, parts, "<")
    if (n == 0) {
      feed("\n", 0)
    }
    for (i = 1; i <= n && !bad; i++) {
      feed(i == n ? parts[i] "\n" : parts[i], i > 1)
    }
  }
  close("./" path)
  if (bad) {
    return
  }
  if (got < 0) {
    fail("cannot be read")
  } else if (size == 0) {
    fail("is empty")
  } else if (state != "text") {
    fail("is cut off: it ends inside a " state)
  } else if (depth > 0) {
    fail("is cut off: it ends inside <" stack[depth] ">")
  } else if (!root_seen) {
    fail("is not XML: it has no element")
  } else {
    end_report()
  }
}

function fail(message) {
  if (!bad) {
    print "error: " path_now ": " message | "cat 1>&2"
    problems++
  }
  bad = 1
}

function fail_here(message) {
  fail("line " line_number ": " message)
}

# Says which encoding it is before a byte that is no UTF-8 does: by the mark at the start, or by the
# declaration, which is ASCII in all others that anybody writes.
function refuse_other_encodings(line) {
  if (line ~ /^\376\377/ || line ~ /^\377\376/) {
    fail_here("encoding 'UTF-16': only UTF-8 is read")
  } else if (match(line, /^<[?]xml[^>]*[ \t\r]encoding[ \t\r]*=[ \t\r]*["'][-A-Za-z0-9._]+/)) {
    require_utf8(substr(line, 1, RLENGTH))
  }
}

# What comes before ends in the name of the encoding, after a quote.
function require_utf8(before,    encoding) {
  encoding = before
  sub(/^.*["']/, "", encoding)
  if (toupper(encoding) != "UTF-8" && toupper(encoding) != "US-ASCII") {
    fail_here("encoding '" encoding "': only UTF-8 is read")
  }
}

function check_characters(line) {
  if (line ~ /[\000-\010\013\014\016-\037]/) {
    fail_here("a control character that XML forbids")
  } else if (line ~ /[\200-\377]/) {
    gsub(/[\302-\337][\200-\277]/, "", line)
    gsub(/\340[\240-\277][\200-\277]/, "", line)
    gsub(/\355[\200-\237][\200-\277]/, "", line)
    if (line ~ /\357\277[\276\277]/) {
      fail_here("a character that XML forbids")
    }
    gsub(/[\341-\354\356\357][\200-\277][\200-\277]/, "", line)
    gsub(/\360[\220-\277][\200-\277][\200-\277]/, "", line)
    gsub(/[\361-\363][\200-\277][\200-\277][\200-\277]/, "", line)
    gsub(/\364[\200-\217][\200-\277][\200-\277]/, "", line)
    if (line ~ /[\200-\377]/) {
      fail_here("bytes that are not UTF-8")
    }
  }
}

# One part of a line: what lies between two `<`; opened says that a `<` stood before it.
function feed(s, opened) {
  if (state == "text") {
    if (opened) {
      markup(s)
    } else {
      text(s)
    }
  } else if (state == "tag") {
    if (opened) {
      fail_here("'<' inside a tag")
    } else {
      tag(s)
    }
  } else if (state == "document type") {
    tag(opened ? "<" s : s)
  } else if (state == "comment") {
    comment(s)
  } else {
    until_end(s)
  }
}

function markup(s,    target) {
  if (substr(s, 1, 1) == "!") {
    if (substr(s, 1, 3) == "!--") {
      state = "comment"
      comment(substr(s, 4))
    } else if (substr(s, 1, 8) == "![CDATA[") {
      if (depth == 0) {
        fail_here("text outside of the first element")
      }
      state = "CDATA section"
      terminator = "]]>"
      until_end(substr(s, 9))
    } else if (s ~ /^!DOCTYPE[ \t\r\n]/ && !root_seen && !doctype_seen) {
      doctype_seen = 1
      state = "document type"
      buffer = piece = ""
      quote = ""
      tag(substr(s, 9))
    } else {
      fail_here("'<!' that begins nothing")
    }
  } else if (substr(s, 1, 1) == "?") {
    if (!match(s, /^[?][A-Za-z_:\200-\377][-A-Za-z0-9_:.\200-\377]*/)) {
      fail_here("a processing instruction without a name")
      return
    }
    target = substr(s, 2, RLENGTH - 1)
    if (tolower(target) == "xml") {
      declaration(s)
    } else if (substr(s, RLENGTH + 1) !~ /^([ \t\r\n]|[?]>)/) {
      fail_here("a processing instruction without a name")
    }
    state = "processing instruction"
    terminator = "?>"
    until_end(substr(s, RLENGTH + 1))
  } else {
    state = "tag"
    buffer = piece = ""
    quote = ""
    tag(s)
  }
  declaration_allowed = 0
}

# The declaration stands at the very beginning, on one line in every report ever seen.
function declaration(s) {
  if (!declaration_allowed || line_number > 1) {
    fail_here("an XML declaration that is not at the beginning")
    return
  }
  if (s !~ /^[?]xml[ \t\r]+version[ \t\r]*=[ \t\r]*("1[.]0"|'1[.]0')([ \t\r]+encoding[ \t\r]*=[ \t\r]*("[A-Za-z][-A-Za-z0-9._]*"|'[A-Za-z][-A-Za-z0-9._]*'))?([ \t\r]+standalone[ \t\r]*=[ \t\r]*("yes"|"no"|'yes'|'no'))?[ \t\r]*[?]>/) {
    fail_here("an XML declaration that is not one of XML 1.0")
    return
  }
  if (match(s, /encoding[ \t\r]*=[ \t\r]*["'][-A-Za-z0-9._]*/)) {
    require_utf8(substr(s, RSTART, RLENGTH))
  }
  match(s, /^[?]xml/)
}

function text(s) {
  if (s == "") {
    return
  }
  if (depth == 0) {
    if (s !~ /^[ \t\r\n]*$/) {
      fail_here(root_seen ? "text after the last element" : "is not XML: text before the first element")
    }
    declaration_allowed = 0
    return
  }
  if (index(s, "]]>") > 0) {
    fail_here("']]>' outside of a CDATA section")
  }
  if (index(s, "&") > 0) {
    check_references(s)
  }
}

function comment(s,    at) {
  at = index(s, "--")
  if (at == 0) {
    return
  }
  if (substr(s, at + 2, 1) != ">") {
    fail_here("'--' inside a comment")
    return
  }
  state = "text"
  text(substr(s, at + 3))
}

function until_end(s,    at) {
  at = index(s, terminator)
  if (at > 0) {
    state = "text"
    text(substr(s, at + length(terminator)))
  }
}

# Collects a tag up to the `>` that is not inside quotes.
function tag(s,    rest, at, c) {
  rest = s
  while (1) {
    if (quote != "") {
      at = index(rest, quote)
      if (at == 0) {
        break
      }
      rest = substr(rest, at + 1)
      quote = ""
      continue
    }
    if (!match(rest, state == "tag" ? "[\"'>]" : "[\"'>[<]")) {
      break
    }
    c = substr(rest, RSTART, 1)
    rest = substr(rest, RSTART + 1)
    if (c == ">") {
      buffer = buffer piece substr(s, 1, length(s) - length(rest) - 1)
      if (state == "tag") {
        state = "text"
        element(buffer)
      } else {
        state = "text"
        document_type(buffer)
      }
      if (!bad) {
        text(rest)
      }
      return
    }
    if (c == "[" || c == "<") {
      fail_here("a document type with declarations of its own")
      return
    }
    quote = c
  }
  # In two steps: a tag of many lines would otherwise be copied once for each of them.
  piece = piece s
  if (length(piece) > 16384) {
    buffer = buffer piece
    piece = ""
  }
  if (length(buffer) > MAX_TAG) {
    fail_here("a tag larger than 8 MiB")
  }
}

function document_type(s) {
  if (s !~ /^[ \t\r\n]+[A-Za-z_:\200-\377][-A-Za-z0-9_:.\200-\377]*([ \t\r\n]+(SYSTEM|PUBLIC[ \t\r\n]+("[^"]*"|'[^']*'))[ \t\r\n]+("[^"]*"|'[^']*'))?[ \t\r\n]*$/) {
    fail_here("a document type that cannot be read")
  }
}

function element(s,    name, empty) {
  if (length(s) > MAX_TAG) {
    fail_here("a tag larger than 8 MiB")
    return
  }
  if (substr(s, 1, 1) == "/") {
    name = substr(s, 2)
    sub(/[ \t\r\n]+$/, "", name)
    if (depth == 0 || stack[depth] != name) {
      fail_here("</" name "> closes nothing that is open")
      return
    }
    closed(name)
    depth--
    return
  }
  empty = substr(s, length(s)) == "/"
  if (empty) {
    s = substr(s, 1, length(s) - 1)
  }
  if (!match(s, /^[A-Za-z_:\200-\377][-A-Za-z0-9_:.\200-\377]*/)) {
    fail_here("'<' that begins no tag")
    return
  }
  name = substr(s, 1, RLENGTH)
  if (depth == 0 && root_seen) {
    fail_here("a second first element <" name ">")
    return
  }
  attributes(name, substr(s, RLENGTH + 1))
  if (bad) {
    return
  }
  if (depth >= MAX_DEPTH) {
    fail_here("more than " MAX_DEPTH " elements inside one another")
    return
  }
  root_seen = 1
  depth++
  stack[depth] = name
  opened(name)
  if (empty && !bad) {
    closed(name)
    depth--
  }
}

# Fills attr with the attributes as written; value() decodes one.
function attributes(element_name, s,    name, q, at, value) {
  split("", attr)
  while (s !~ /^[ \t\r\n]*$/) {
    if (!match(s, /^[ \t\r\n]+[A-Za-z_:\200-\377][-A-Za-z0-9_:.\200-\377]*[ \t\r\n]*=[ \t\r\n]*["']/)) {
      fail_here("<" element_name "> has an attribute that cannot be read")
      return
    }
    name = substr(s, 1, RLENGTH)
    q = substr(s, RLENGTH, 1)
    s = substr(s, RLENGTH + 1)
    gsub(/[ \t\r\n="']/, "", name)
    at = index(s, q)
    value = substr(s, 1, at - 1)
    s = substr(s, at + 1)
    if (name in attr) {
      fail_here("<" element_name "> has attribute '" name "' twice")
      return
    }
    if (index(value, "&") > 0) {
      check_references(value)
      if (bad) {
        return
      }
    }
    attr[name] = value
  }
}

function check_references(s,    bits, n, i, at) {
  n = split(s, bits, "&")
  for (i = 2; i <= n; i++) {
    at = index(bits[i], ";")
    if (at == 0 || reference(substr(bits[i], 1, at - 1)) == "") {
      fail_here("'&' that begins no character reference; entities are not read")
      return
    }
  }
}

# The bytes that `&name;` stands for; empty when it stands for nothing.
function reference(name,    code, i, digit) {
  if (name == "lt") return "<"
  if (name == "gt") return ">"
  if (name == "amp") return "&"
  if (name == "quot") return "\""
  if (name == "apos") return "'"
  code = 0
  if (name ~ /^#x[0-9A-Fa-f]+$/) {
    name = tolower(substr(name, 3))
    for (i = 1; i <= length(name) && code < 1114112; i++) {
      digit = index("0123456789abcdef", substr(name, i, 1)) - 1
      code = code * 16 + digit
    }
  } else if (name ~ /^#[0-9]+$/) {
    for (i = 2; i <= length(name) && code < 1114112; i++) {
      code = code * 10 + substr(name, i, 1)
    }
  } else {
    return ""
  }
  if (code > 1114111 || (code >= 55296 && code <= 57343) || code == 65534 || code == 65535) return ""
  if (code < 32 && code != 9 && code != 10 && code != 13) return ""
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
  if (code < 65536) {
    return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
  }
  return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
}

# An attribute of the element just opened, decoded and normalised; empty when it is not there.
function value(name,    s, bits, n, i, at, out, done) {
  if (!(name in attr)) {
    return ""
  }
  s = attr[name]
  gsub(/\r\n/, " ", s)
  gsub(/[\t\r\n]/, " ", s)
  if (index(s, "&") == 0) {
    return s
  }
  n = split(s, bits, "&")
  out = bits[1]
  for (i = 2; i <= n; i++) {
    at = index(bits[i], ";")
    out = out reference(substr(bits[i], 1, at - 1)) substr(bits[i], at + 1)
    if (length(out) > 16384) {
      done = done out
      out = ""
    }
  }
  return done out
}

# A whole number of at most 12 digits; missing is the number given.
function count_of(name, missing,    s) {
  if (!(name in attr)) {
    return missing
  }
  s = value(name)
  if (s !~ /^[0-9]+$/ || length(s) > 12) {
    fail_here("'" name "' is '" cut(s) "', not a whole number")
    return 0
  }
  return s + 0
}

# --- What the elements mean ----------------------------------------------------------------------

# The folders before the first `target` or `build`; without one, the folder of the file.
function module_of(path,    parts, n, i, out) {
  n = split(path, parts, "/")
  out = ""
  for (i = 1; i < n; i++) {
    if (parts[i] == "target" || parts[i] == "build") {
      break
    }
    out = out (i > 1 ? "/" : "") parts[i]
  }
  return out == "" ? "." : out
}

function begin_report() {
  suites = 0
  case_depth = 0
  split("", level)
  groups = 0
  parts_are = ""
  package_name = ""
}

function opened(name) {
  if (kind_now == "tests") {
    test_opened(name)
  } else {
    coverage_opened(name)
  }
}

function closed(name) {
  if (kind_now == "tests") {
    test_closed(name)
  } else {
    coverage_closed(name)
  }
}

function end_report() {
  if (kind_now == "tests") {
    test_files++
  } else {
    end_coverage()
    coverage_files++
  }
}

function note(message) {
  notes[note_count++] = path_now ": " message
}

# --- JUnit XML -----------------------------------------------------------------------------------

function test_opened(name,    parent) {
  parent = depth > 1 ? stack[depth - 1] : ""
  if (depth == 1 && name != "testsuite" && name != "testsuites") {
    fail_here("is not a JUnit report: its first element is <" name ">")
    return
  }
  if (name == "testsuite" || name == "testsuites") {
    if (depth > 1 && parent != "testsuite" && parent != "testsuites") {
      fail_here("<" name "> inside <" parent ">")
      return
    }
    suites++
    suite_name[suites] = value("name")
    suite_tests[suites] = count_of("tests", -1)
    suite_bad[suites] = count_of("failures", 0) + count_of("errors", 0)
    suite_skipped[suites] = count_of("skipped", -1)
    own_cases[suites] = all_cases[suites] = 0
    own_reruns[suites] = all_reruns[suites] = 0
    own_skipped[suites] = all_skipped[suites] = 0
    all_bad[suites] = all_broken[suites] = all_errored[suites] = 0
  } else if (name == "testcase") {
    if (parent != "testsuite" && parent != "testsuites") {
      fail_here("<testcase> inside <" parent ">")
      return
    }
    case_depth = depth
    case_name = label(value("classname"), value("name"))
    case_status = tolower(value("status"))
    case_result = tolower(value("result"))
    case_failures = case_errors = case_skipped = case_flaky = case_reruns = 0
  } else if (parent == "testcase") {
    if (name == "failure") case_failures++
    else if (name == "error") case_errors++
    else if (name == "skipped") case_skipped++
    else if (name == "flakyFailure" || name == "flakyError") case_flaky++
    else if (name == "rerunFailure" || name == "rerunError") case_reruns++
  } else if (parent == "testsuite" || parent == "testsuites") {
    # A suite that broke outside of its cases: what it did not run must not look like a pass.
    if (name == "failure" || name == "error") {
      all_bad[suites]++
      all_broken[suites]++
      tally(label("", ""), name == "error" ? "errors" : "failed", 0)
    }
  }
}

function test_closed(name,    outcome) {
  if (name == "testcase" && depth == case_depth) {
    case_depth = 0
    own_cases[suites]++
    all_cases[suites]++
    own_reruns[suites] += case_flaky + case_reruns
    all_reruns[suites] += case_flaky + case_reruns
    if (case_errors > 0) outcome = "errors"
    else if (case_failures > 0) outcome = "failed"
    else if (case_skipped > 0) outcome = "skipped"
    else if (case_status == "error") outcome = "errors"
    else if (case_status == "fail" || case_status == "failed" || case_status == "failure") outcome = "failed"
    else if (case_status == "notrun" || case_status == "disabled" || case_status == "skipped") outcome = "skipped"
    else if (case_result == "suppressed" || case_result == "skipped") outcome = "skipped"
    else outcome = "passed"
    if (outcome == "skipped") {
      own_skipped[suites]++
      all_skipped[suites]++
    }
    if (outcome == "errors") all_errored[suites]++
    all_bad[suites] += case_failures + case_errors
    if (case_failures + case_errors == 0 && (outcome == "failed" || outcome == "errors")) {
      all_bad[suites]++
    }
    tally(case_name, outcome, outcome == "passed" && case_flaky > 0)
  } else if ((name == "testsuite" || name == "testsuites") && depth == suites) {
    suite_closed()
  }
}

# The cases that are there are counted; the totals that a suite declares are only compared. A suite
# that declares more cases, or more failures, than it holds is damaged: what is missing would count
# as passed; unless it says itself that it broke outside of its cases, or that it has none and broke:
# ScalaTest does so for one that it could not load. A case that broke may be declared twice: pytest
# does so when it ran well and broke when it was cleaned up.
function suite_closed(    t, s) {
  t = suite_tests[suites]
  s = suite_skipped[suites]
  if (t == 0 && suite_bad[suites] > 0 && all_cases[suites] == 0 && all_broken[suites] == 0) {
    all_bad[suites] = suite_bad[suites]
    all_broken[suites] = 1
    tally(label("", ""), "errors", 0)
  }
  if (suite_bad[suites] > all_bad[suites] + all_reruns[suites]) {
    fail_here(sprintf("suite '%s' declares %.0f failures and errors but holds %.0f", cut(suite_name[suites]), suite_bad[suites], all_bad[suites] + all_reruns[suites]))
    return
  }
  if (t > all_cases[suites] + all_reruns[suites] + all_errored[suites] && all_broken[suites] == 0) {
    fail_here(sprintf("suite '%s' declares %.0f tests but holds %.0f", cut(suite_name[suites]), t, all_cases[suites]))
    return
  }
  if (t >= 0 && t != all_cases[suites] && t != all_cases[suites] + all_reruns[suites] && t != own_cases[suites] && t != own_cases[suites] + own_reruns[suites]) {
    note(sprintf("suite '%s' declares %.0f tests, holds %.0f", cut(suite_name[suites]), t, all_cases[suites]))
  }
  if (s >= 0 && s != all_skipped[suites] && s != own_skipped[suites]) {
    note(sprintf("suite '%s' declares %.0f skipped tests, holds %.0f", cut(suite_name[suites]), s, all_skipped[suites]))
  }
  suites--
  if (suites > 0) {
    all_cases[suites] += all_cases[suites + 1]
    all_reruns[suites] += all_reruns[suites + 1]
    all_skipped[suites] += all_skipped[suites + 1]
    all_bad[suites] += all_bad[suites + 1]
    all_broken[suites] += all_broken[suites + 1]
    all_errored[suites] += all_errored[suites + 1]
  }
}

function label(class, name) {
  if (class != "" && name != "") return cut(class "." name)
  if (class != "" || name != "") return cut(class name)
  if (suite_name[suites] != "") return cut(suite_name[suites])
  return "(unnamed)"
}

function tally(name, outcome, flaky) {
  test_modules[module] = 1
  tests[module, outcome]++
  tests["", outcome]++
  if (flaky) {
    tests[module, "flaky"]++
    tests["", "flaky"]++
  }
  if (outcome == "failed" || outcome == "errors") {
    failure_names[module, failure_count[module]++] = name
  } else if (outcome == "skipped") {
    skipped_names[module, skipped_count[module]++] = name
  }
}

# --- JaCoCo XML ----------------------------------------------------------------------------------

function coverage_opened(name,    type, where) {
  if (depth == 1) {
    if (name != "report") {
      fail_here("is not a JaCoCo report: its first element is <" name ">")
      return
    }
    report_name = cut(value("name"))
  } else if (depth == 2 && (name == "group" || name == "package")) {
    if (parts_are != "" && parts_are != name) {
      fail_here("groups beside packages")
      return
    }
    parts_are = name
    if (name == "package") {
      package_name = value("name")
      return
    }
    groups++
    group_name[groups] = cut(value("name"))
  } else if (name == "line") {
    if (stack[depth - 1] == "sourcefile") {
      measured_line()
    }
  } else if (name == "sourcefile") {
    source_file()
  } else if (name == "package") {
    package_name = value("name")
  } else if (name == "counter" && (depth == 2 || depth == 3)) {
    type = value("type")
    if (type != "LINE" && type != "BRANCH") {
      return
    }
    if (depth == 2) {
      where = "report"
    } else if (stack[2] == "group") {
      where = "group " groups
    } else {
      where = "part"
    }
    if (!("missed" in attr) || !("covered" in attr)) {
      fail_here("a counter without its 'missed' and 'covered'")
      return
    }
    if (where != "part" && (where, type) in level) {
      fail_here("two counters of type '" type "' in one place")
      return
    }
    level[where, type] = 1
    level[where, type, "missed"] += count_of("missed", 0)
    level[where, type, "covered"] += count_of("covered", 0)
    if (depth == 3) {
      level["sum", type, "missed"] += value("missed")
      level["sum", type, "covered"] += value("covered")
    }
  }
}

function coverage_closed(name) {
  if (name == "sourcefile") {
    source_file_done()
  }
}

# A source file has a name of its own in each module; a report may speak of it in several places.
function source_file(    path) {
  path = value("name")
  if (package_name != "") {
    path = package_name "/" path
  }
  source_key = (groups > 0 ? group_name[groups] : module) SUBSEP path
  line_buffer = line_piece = ""
}

function measured_line(    entry) {
  if (!("nr" in attr) || !("ci" in attr)) {
    fail_here("<line> without '" ("nr" in attr ? "ci" : "nr") "'")
    return
  }
  entry = sprintf(" %.0f:%.0f:%.0f", count_of("nr", 0), count_of("mi", 0), count_of("ci", 0))
  if (count_of("mb", 0) + count_of("cb", 0) > 0) {
    entry = entry sprintf(":%.0f:%.0f", value("mb"), value("cb"))
  }
  # In two steps: a file of many lines would otherwise be copied once for each of them.
  line_piece = line_piece entry
  if (length(line_piece) > 16384) {
    line_buffer = line_buffer line_piece
    line_piece = ""
  }
}

function source_file_done() {
  line_buffer = line_buffer line_piece
  if (line_buffer != "") {
    source_lines[source_key] = source_lines[source_key] line_buffer
  }
}

function end_coverage(    g) {
  compare_with_sum("LINE")
  compare_with_sum("BRANCH")
  if (groups == 0) {
    coverage_module(module, report_name, "report")
  }
  for (g = 1; g <= groups && !bad; g++) {
    coverage_module(group_name[g], group_name[g], "group " g)
  }
}

function compare_with_sum(type) {
  if ((level["report", type, "missed"] + 0) != (level["sum", type, "missed"] + 0) || (level["report", type, "covered"] + 0) != (level["sum", type, "covered"] + 0)) {
    fail_here(sprintf("the %s counter says %.0f covered and %.0f missed, its parts sum to %.0f and %.0f", type, level["report", type, "covered"], level["report", type, "missed"], level["sum", type, "covered"], level["sum", type, "missed"]))
  }
}

# The same lines must not count twice: a module has one report, and stands in an aggregate or alone.
function coverage_module(name, title, where) {
  if (name in coverage_modules) {
    fail("measures '" name "', as does " coverage_modules[name] ": its lines would count twice")
    return
  }
  if (where == "report" ? (title in group_titles) : (title in report_titles)) {
    fail("measures '" title "', as does " (where == "report" ? group_titles[title] : report_titles[title]) ": its lines would count twice")
    return
  }
  if (where == "report") {
    if (title != "") {
      report_titles[title] = path_now
    }
  } else {
    group_titles[title] = path_now
  }
  coverage_modules[name] = path_now
  coverage_counter(name, where, "LINE")
  coverage_counter(name, where, "BRANCH")
  if (!((where, "LINE") in level)) {
    note("'" name "' has no line data")
  }
}

function coverage_counter(name, where, type) {
  if (!((where, type) in level)) {
    return
  }
  coverage[name, type] = 1
  coverage[name, type, "covered"] = level[where, type, "covered"] + 0
  coverage[name, type, "missed"] = level[where, type, "missed"] + 0
  total[type] = 1
  total[type, "covered"] += level[where, type, "covered"]
  total[type, "missed"] += level[where, type, "missed"]
}

# --- JSON ----------------------------------------------------------------------------------------

# At most MAX_NAME bytes, cut between two characters.
function cut(s,    at) {
  if (length(s) <= MAX_NAME) {
    return s
  }
  at = MAX_NAME
  while (substr(s, at + 1, 1) ~ /[\200-\277]/) {
    at--
  }
  return substr(s, 1, at) "\342\200\246"
}

function json(s,    out, at, c) {
  out = ""
  while (match(s, /[\001-\037"\\]/)) {
    c = substr(s, RSTART, 1)
    out = out substr(s, 1, RSTART - 1) escape[c]
    s = substr(s, RSTART + 1)
  }
  return "\"" out s "\""
}

# Heap sort by bytes of list[0..n-1], which is the only order.
function sort(list, n,    i, swap) {
  for (i = int(n / 2) - 1; i >= 0; i--) {
    sift(list, i, n)
  }
  for (i = n - 1; i > 0; i--) {
    swap = list[0]
    list[0] = list[i]
    list[i] = swap
    sift(list, 0, i)
  }
}

function sift(list, i, n,    child, moved) {
  moved = list[i]
  while ((child = 2 * i + 1) < n) {
    if (child + 1 < n && (list[child] "") < (list[child + 1] "")) {
      child++
    }
    if ((moved "") >= (list[child] "")) {
      break
    }
    list[i] = list[child]
    i = child
  }
  list[i] = moved
}

function names_of(names, counts, m,    list, n, i) {
  n = counts[m] + 0
  split("", list)
  for (i = 0; i < n; i++) {
    list[i] = names[m, i]
  }
  sort(list, n)
  write_list(list, n)
}

function write_list(list, n,    i) {
  printf "["
  for (i = 0; i < n; i++) {
    printf "%s%s", (i > 0 ? "," : ""), json(list[i])
  }
  printf "]"
}

function counts_of(m,    executed) {
  executed = tests[m, "passed"] + tests[m, "failed"] + tests[m, "errors"]
  printf "\"errors\":%.0f,\"executed\":%.0f,\"failed\":%.0f", tests[m, "errors"], executed, tests[m, "failed"]
}

function pair(table, key1, key2,    has, covered, missed) {
  if (key1 == "") {
    has = key2 in table
    covered = table[key2, "covered"]
    missed = table[key2, "missed"]
  } else {
    has = (key1, key2) in table
    covered = table[key1, key2, "covered"]
    missed = table[key1, key2, "missed"]
  }
  return has ? sprintf("{\"covered\":%.0f,\"missed\":%.0f}", covered, missed) : "null"
}

function keys_of(table, list,    key, n) {
  n = 0
  for (key in table) {
    list[n++] = key
  }
  sort(list, n)
  return n
}

function write_lines(    list, n, i, names) {
  n = keys_of(source_lines, list)
  printf "{\"files\":[" >lines_file
  for (i = 0; i < n; i++) {
    split(list[i], names, SUBSEP)
    printf "%s{\"lines\":\"%s\",\"module\":%s,\"path\":%s}", (i > 0 ? "," : ""), substr(source_lines[list[i]], 2), json(names[1]), json(names[2]) >lines_file
  }
  printf "],\"version\":1}\n" >lines_file
  close(lines_file)
}

function write_report(    list, n, i) {
  printf "{\"coverage\":"
  if ("coverage" in declared) {
    printf "{\"branches\":%s,\"files\":%.0f,\"lines\":%s,\"modules\":[", pair(total, "", "BRANCH"), coverage_files, pair(total, "", "LINE")
    n = keys_of(coverage_modules, list)
    for (i = 0; i < n; i++) {
      printf "%s{\"branches\":%s,\"lines\":%s,\"name\":%s}", (i > 0 ? "," : ""), pair(coverage, list[i], "BRANCH"), pair(coverage, list[i], "LINE"), json(list[i])
    }
    printf "]}"
  } else {
    printf "null"
  }
  if (check_status + 0 != 0) {
    notes[note_count++] = "the check phase ended with status " check_status
  }
  sort(notes, note_count + 0)
  printf ",\"notes\":"
  write_list(notes, note_count + 0)
  printf ",\"tests\":"
  if ("tests" in declared) {
    printf "{"
    counts_of("")
    printf ",\"files\":%.0f,\"flaky\":%.0f,\"modules\":[", test_files, tests["", "flaky"]
    split("", list)
    n = keys_of(test_modules, list)
    for (i = 0; i < n; i++) {
      printf "%s{", (i > 0 ? "," : "")
      counts_of(list[i])
      printf ",\"failures\":"
      names_of(failure_names, failure_count, list[i])
      printf ",\"flaky\":%.0f,\"name\":%s,\"passed\":%.0f,\"skipped\":%.0f,\"skippedTests\":", tests[list[i], "flaky"], json(list[i]), tests[list[i], "passed"], tests[list[i], "skipped"]
      names_of(skipped_names, skipped_count, list[i])
      printf "}"
    }
    printf "],\"passed\":%.0f,\"skipped\":%.0f}", tests["", "passed"], tests["", "skipped"]
  } else {
    printf "null"
  }
  printf ",\"version\":1}\n"
}
