#!/bin/sh
# The manual and the program's own help say the same: usage lines word for word, and the options
# of each command, both ways.  And the pages are sound mdoc.
#
# Helps are read as a person would: the usage is what follows "usage" up to an empty line; an
# option is a word that begins with a dash from there on (an example may pipe into another program).
set -eu

man=$MIMEO_SOURCE_DIR/mirror/cli/man
command -v mandoc >/dev/null 2>&1 || { echo 'mandoc is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
faults=0
fault() { printf 'FAULT: %s\n' "$*"; faults=$((faults + 1)); }

plain() { mandoc -T ascii -O width=200 "$1" | sed 's/.\x08//g'; }

# Words of a usage: one space between, none inside of "]..." and the like.
squeeze() { tr '\n' ' ' | sed 's/  */ /g; s/\] \.\.\./].../g; s/ \.\.\./.../g; s/ *| */|/g; s/^ //; s/ $//; s/ mimeo /\nmimeo /g'; }

section() { # FILE NAME: the lines of one section of a rendered page
    awk -v name="$2" '/^[A-Z]/ { on = $0 == name; next } on' "$1"
}

# Options that stand for themselves: "-C" "--json".  "-" alone is standard input.
options() { grep -oE -- '(^|[[ |,])--?[A-Za-z][A-Za-z-]*' | sed 's/^[[ |,]*//' | sort -u; }

# Options of mimeo(1) itself, which a command's help may or may not repeat.
global='^(-C|--library|--json|-q|--quiet|-v|--verbose|--no-input|-h|--help|--version)$'

usage_of_help() {
    awk 'tolower($0) ~ /^ *(usage|synopsis)/ { on = 1; sub(/^ *[A-Za-z]+:? */, ""); if (NF == 0) next }
         on && NF == 0 { exit }
         on' "$1"
}

for page in "$man"/*.[1-8]; do
    mandoc -T lint -W warning "$page" >"$work/lint" 2>&1 || { cat "$work/lint"; fault "${page##*/}: mandoc -T lint"; }
    # Each page that another names has to be there.
    sed -n 's/^\.Xr \(mimeo[^ ]*\) \([0-9]\).*/\1.\2/p' "$page" | while read -r other; do
        [ -f "$man/$other" ] || printf '%s\n' "$other"
    done >"$work/missing"
    [ ! -s "$work/missing" ] || fault "${page##*/} refers to $(tr '\n' ' ' <"$work/missing")"
done

compare() { # COMMAND ("" for the program itself)
    command=$1
    page=$man/mimeo${command:+-$command}.1
    [ -f "$page" ] || { fault "$command: there is no page"; return; }
    # shellcheck disable=SC2086 # no word where there is no command
    "$MIMEO" $command -h >"$work/help" 2>"$work/talk" || fault "$command -h ends with $?"
    [ ! -s "$work/talk" ] || fault "$command -h talks on the standard error"
    plain "$page" >"$work/page"

    section "$work/page" SYNOPSIS | squeeze >"$work/synopsis"
    usage_of_help "$work/help" | squeeze >"$work/usage"
    if ! diff "$work/synopsis" "$work/usage" >"$work/diff"; then
        fault "mimeo $command: SYNOPSIS (<) and usage (>) differ"
        cat "$work/diff"
    fi

    { section "$work/page" SYNOPSIS; section "$work/page" OPTIONS; } | options >"$work/in-page"
    awk 'tolower($0) ~ /^ *usage/ { on = 1 } on' "$work/help" | options >"$work/in-help"
    if [ -n "$command" ]; then
        for list in in-page in-help; do
            grep -vE -- "$global" "$work/$list" >"$work/own" || true
            mv "$work/own" "$work/$list"
        done
    fi
    comm -23 "$work/in-page" "$work/in-help" >"$work/only"
    [ ! -s "$work/only" ] || fault "mimeo $command: only in the page: $(tr '\n' ' ' <"$work/only")"
    comm -13 "$work/in-page" "$work/in-help" >"$work/only"
    [ ! -s "$work/only" ] || fault "mimeo $command: only in the help: $(tr '\n' ' ' <"$work/only")"
}

compare ''
count=1
for page in "$man"/mimeo-*.1; do
    name=${page##*/mimeo-}
    compare "${name%.1}"
    count=$((count + 1))
done

# Each command that the program tells of has a page.
"$MIMEO" help | sed -n 's/^ \{2,\}\([a-z][a-z]*\)  .*/\1/p' | sort -u | while read -r name; do
    case $name in mimeo | help) continue ;; esac
    [ -f "$man/mimeo-$name.1" ] || printf '%s ' "$name"
done >"$work/lacking"
[ ! -s "$work/lacking" ] || fault "no page for: $(cat "$work/lacking")"

[ "$faults" -eq 0 ] || { printf '%d faults\n' "$faults"; exit 1; }
printf '%d commands: manual and help agree\n' "$count"
