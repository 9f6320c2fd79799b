#!/bin/sh
# Pages, feeds, archives and pictures that are too large, too deep, lying, bombs, or that ask for other
# files and addresses (bad_input.py): each gives a line that names it or an article, in bounded time and memory,
# and the files beside it are published all the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 timeout

mkdir tmp
TMPDIR=$work/tmp # the others' files are in the common one
export TMPDIR
make_publisher press
python3 "$MIMEO_SOURCE_DIR/tests/browser/sink_log.py" asked >port &
sink=$!
trap 'kill "$sink" 2>/dev/null; rm -rf "$work"' EXIT
until [ -s port ]; do sleep 0.1; done
python3 "$MIMEO_SOURCE_DIR/tests/e2e/bad_input.py" bad "$(cat port)" || fault 'the files were not made'

# The most of any process: the 256 MiB that a child may take, and what it has from the program that it was forked
# from.  Time enough for a busy machine: what does not end is what is looked for.
limit=$(((256 + 32) * 1024))
seconds=240
if grep -q __asan_init "$MIMEO"; then
    limit=$((4096 * 1024)) seconds=600
fi

# publish_each SECONDS WORD… -- PATH…: 'publish WORD… PATH' for each, its words in ran/NAME.out and ran/NAME.err; a line
# 'STATUS PEAK PATH' of each, PEAK the KiB of the largest process of it.  All by one interpreter: they are many.
publish_each() {
    mkdir -p ran
    python3 -c 'import os, subprocess, sys
split = sys.argv.index("--")
for path in sys.argv[split + 1:]:
    name = os.path.join("ran", os.path.basename(path))
    with open(name + ".out", "wb") as out, open(name + ".err", "wb") as err:
        ran = subprocess.Popen(["timeout", sys.argv[1], os.environ["MIMEO"], "--library", "press.library", "publish", "-C", "press", "--key",
                                "press.key"] + sys.argv[2:split] + [path], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(ran.pid, 0)
    status = os.waitstatus_to_exitcode(status)
    print(status if status >= 0 else 128 - status, usage.ru_maxrss, path)' "$@"
}
# nothing_leaks WHAT NAME: in ran/NAME.*, neither another file's words nor what a terminal obeys.
nothing_leaks() {
    if grep -q 'the-secret-words\|root:x:0' "ran/$2.out" "ran/$2.err"; then fault "$1: another file was read"; fi
    if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" "ran/$2.out" "ran/$2.err"; then fault "$1: a control character reaches the terminal"; fi
}

publish_each "$seconds" -q --dry-run -- bad/*.* >runs || fault 'not every file was tried'
while read -r status peak file; do
    name=${file#bad/}
    checks=$((checks + 1))
    case ${name%%-*}/$status in
    yes/0 | any/0 | no/10 | any/10) ;;
    */124) fault "$name: no end in $seconds s" ;;
    *) fault "$name: status $status: $(tail -n 2 "ran/$name.err" | cut -c1-300)" ;;
    esac
    if [ "$status" -eq 10 ] && ! grep -qF "$name" "ran/$name.out" "ran/$name.err"; then fault "$name: no line names it"; fi
    [ "$peak" -le "$limit" ] || fault "$name: $peak KiB"
    nothing_leaks "$name" "$name"
done <runs
is 'the files that were tried' "$(wc -l <runs)" "$(printf '%s\n' bad/*.* | wc -l)"

# All of them, with whole articles before, between and behind.
story() { # NAME
    printf '<!DOCTYPE html><html><head><title>The %s story of the day</title></head><body><article><h1>The %s story of the day</h1>' "$1" "$1"
    for p in 1 2 3 4 5; do
        printf '<p>Paragraph %s of the %s story, which is as long as such paragraphs are in a newspaper, with a comma or two.</p>' "$p" "$1"
    done
    printf '</article></body></html>\n'
}
for n in aaa many zzz; do story "$n" >"bad/$n.html"; done
read -r status peak file <<END
$(publish_each $((seconds * 10)) -v -- bad)
END
is 'the status of a run with bad files in it' "$status" 10
[ "$peak" -le "$limit" ] || fault "all of them: $peak KiB"
nothing_leaks 'all of them' "$file"
mimeo --library press.library list -C press --json >listed 2>&1
for n in aaa many zzz; do
    grep -q "The $n story of the day" listed || fault "the good page $n was not published"
done
for file in bad/no-*; do
    # Met in a directory it may be passed over as no article, but not in silence.
    grep -qF "${file#bad/}" ran/bad.out ran/bad.err || fault "$file: nothing is said of it"
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
left=$(find "$TMPDIR" -mindepth 1 | head -3)
is 'what is left in the temporary directory' "$left" ''
kill "$sink"
done_testing
