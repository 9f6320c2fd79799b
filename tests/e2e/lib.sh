# What the end-to-end tests share: a place of their own, a mirror to work on, and expectations.
# Sourced by each test; $MIMEO is the program under test.
# shellcheck shell=sh
set -u
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
HOME=$work/home
MIMEO_LIBRARY=$work/library
GIT_CONFIG_GLOBAL=/dev/null
GIT_CONFIG_SYSTEM=/dev/null
GIT_TERMINAL_PROMPT=0
export HOME MIMEO_LIBRARY GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_TERMINAL_PROMPT
unset PAGER SOURCE_DATE_EPOCH XDG_DATA_HOME XDG_CONFIG_HOME
mkdir "$HOME"
cd "$work" || exit 1

checks=0
faults=0
fault() {
    faults=$((faults + 1))
    printf 'FAULT: %s\n' "$*"
}
skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}
need() {
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || skip "$tool is not installed"
    done
}

# expect STATUS WORDS COMMAND…: the command ends with the status, and its output or talk has the
# words ("" for any).  What it wrote is in out and err.
expect() {
    want=$1 words=$2
    shift 2
    checks=$((checks + 1))
    "$@" >out 2>err
    got=$?
    if [ "$got" -ne "$want" ]; then
        fault "status $got, not $want: $*"
        sed 's/^/    /' out err | head -20
    elif [ -n "$words" ] && ! cat out err | grep -qF -e "$words"; then
        fault "nothing about '$words': $*"
        sed 's/^/    /' out err | head -20
    fi
}
# is WHAT GOT WANTED
is() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fault "$1 is '$2', not '$3'"
}
done_testing() {
    printf '%d checks, %d faults\n' "$checks" "$faults"
    [ "$faults" -eq 0 ]
    exit
}

# when_asked WORDS ANSWER: the answer, once the file `said` has the words.
when_asked() {
    waited=0
    until grep -q "$1" said || [ "$waited" -ge 2400 ]; do
        waited=$((waited + 1))
        sleep 0.05
    done
    printf '%s\n' "$2"
}

# beside FUNCTION ARGUMENTS…: in a shell and a directory ($work and $MIMEO_LIBRARY are its own there) beside others of
# the kind, $abreast at once: for what waits more than it works.  What they find counts when all have `joined`.
abreast=10 started=0 running=
alone() {
    work=$work/beside/$started
    MIMEO_LIBRARY=$work/library
    checks=0 faults=0
    cd "$work" || exit 1
    "$@"
    echo "$checks $faults" >"$work/counted"
}
beside() {
    started=$((started + 1))
    mkdir -p "$work/beside/$started"
    alone "$@" >"$work/beside/$started.talk" 2>&1 &
    running="$running $!"
    # shellcheck disable=SC2086 # numbers
    set -- $running
    [ $# -lt "$abreast" ] || {
        wait "$1"
        shift
        running=$*
    }
}
joined() {
    for one in $running; do wait "$one"; done
    running=
    while [ "$started" -gt 0 ]; do
        cat "$work/beside/$started.talk"
        one='' more=''
        read -r one more 2>/dev/null <"$work/beside/$started/counted" || fault 'a case beside others did not come to its end'
        checks=$((checks + ${one:-0})) faults=$((faults + ${more:-0}))
        started=$((started - 1))
    done
    rm -rf "$work/beside"
}

# Nothing may hang.  How long it takes on a machine that has much else to do is not what is tested.
mimeo() { timeout 240 "$MIMEO" "$@"; }

# A publisher in DIR, its root key in DIR.root, its publishing key in DIR.key; pinned as one's own in
# the library DIR.library, which the reader's library knows nothing of.
make_publisher() { # DIR [NAME]
    "$MIMEO" -q --library "$1.library" init "$1" --name "${2:-The Harbour Courier}" --root-key "$1.root" \
        --key "$1.key" --no-passphrase >/dev/null 2>&1 || fault "init $1"
}
# publish DIR ARGUMENTS…
publish() {
    at=$1
    shift
    timeout 240 "$MIMEO" -q --library "$at.library" publish -C "$at" --key "$at.key" "$@"
}
# An article of its own for each number.
article() { # NUMBER [TITLE]
    printf '{"id":"a-%s","lang":"en","published":"2026-11-%02dT08:00:00Z","title":"%s","body":"<p>Text of article %s.</p>"}\n' \
        "$1" "$(($1 % 28 + 1))" "${2:-Article $1}" "$1"
}
pin() { # DIR: trust its publisher, by the link
    "$MIMEO" -q trust add "$("$MIMEO" -q --library "$1.library" head --link "$1")" --petname "$1" >/dev/null
}
