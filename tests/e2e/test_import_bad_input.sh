#!/bin/sh
# Pages, feeds, archives and pictures that are too large, too deep, lying, bombs, or that ask for other
# files and addresses (bad_input.py): each gives a line that names it or an article, in bounded time and memory,
# and the files beside it are published all the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 timeout

make_publisher press
python3 "$MIMEO_SOURCE_DIR/tests/browser/sink_log.py" asked >port &
sink=$!
trap 'kill "$sink" 2>/dev/null; rm -rf "$work"' EXIT
until [ -s port ]; do sleep 0.1; done
python3 "$MIMEO_SOURCE_DIR/tests/e2e/bad_input.py" bad "$(cat port)" || fault 'the files were not made'

# The most of any process: the 256 MiB that a child may take, and what it has from the program that it was forked
# from.  Time enough for a busy machine: what does not end is what is looked for.
limit=$(((256 + 32) * 1024))
seconds=60
if grep -q __asan_init "$MIMEO"; then
    limit=$((4096 * 1024)) seconds=600
fi

# measured COMMAND…: its status; the peak of the largest process in KiB goes to the file `peak`.
measured() {
    python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode
open("peak", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status if status >= 0 else 128 - status)' "$@"
}
# nothing_leaks WHAT: neither another file's words nor what a terminal obeys.
nothing_leaks() {
    if grep -q 'the-secret-words\|root:x:0' out err; then fault "$1: another file was read"; fi
    if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" out err; then fault "$1: a control character reaches the terminal"; fi
}

for file in bad/*.*; do
    name=${file#bad/}
    measured timeout "$seconds" "$MIMEO" -q --library press.library publish -C press --key press.key --dry-run "$file" >out 2>err
    status=$?
    checks=$((checks + 1))
    case ${name%%-*}/$status in
    yes/0 | any/0 | no/10 | any/10) ;;
    */124) fault "$name: no end in $seconds s" ;;
    *) fault "$name: status $status: $(tail -2 err | cut -c1-300)" ;;
    esac
    if [ "$status" -eq 10 ] && ! grep -qF "$name" out err; then fault "$name: no line names it"; fi
    [ "$(cat peak)" -le "$limit" ] || fault "$name: $(cat peak) KiB"
    nothing_leaks "$name"
done

# All of them, with whole articles before, between and behind.
story() { # NAME
    printf '<!DOCTYPE html><html><head><title>The %s story of the day</title></head><body><article><h1>The %s story of the day</h1>' "$1" "$1"
    for p in 1 2 3 4 5; do
        printf '<p>Paragraph %s of the %s story, which is as long as such paragraphs are in a newspaper, with a comma or two.</p>' "$p" "$1"
    done
    printf '</article></body></html>\n'
}
for n in aaa many zzz; do story "$n" >"bad/$n.html"; done
measured timeout $((seconds * 10)) "$MIMEO" --library press.library publish -v -C press --key press.key bad >out 2>err
is 'the status of a run with bad files in it' $? 10
[ "$(cat peak)" -le "$limit" ] || fault "all of them: $(cat peak) KiB"
nothing_leaks 'all of them'
mimeo --library press.library list -C press --json >listed 2>&1
for n in aaa many zzz; do
    grep -q "The $n story of the day" listed || fault "the good page $n was not published"
done
for file in bad/no-*; do
    # Met in a directory it may be passed over as no article, but not in silence.
    grep -qF "${file#bad/}" out err || fault "$file: nothing is said of it"
done
expect 0 'good' mimeo --library press.library verify press
mimeo --library press.library list -C press --json | sed 's/.*"id":"\([^"]*\)".*/\1/' | while read -r id; do
    mimeo --library press.library read -C press --html "$id" || echo "FAILED $id"
done >bodies 2>&1
grep -q 'the-secret-words\|root:x:0\|^FAILED' bodies && fault "an article cannot be read, or has another file's words"
[ -s asked ] && fault "the listener was asked: $(head -3 asked)"
for escaped in escaped ../escaped /tmp/mimeo-escaped press/escaped bad/escaped; do
    [ -e "$escaped" ] && fault "a zip's path led to $escaped"
done
left=$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name '*mimeo*' -newer port | head -3)
is 'what is left in the temporary directory' "$left" ''
kill "$sink"
done_testing
