#!/bin/sh
# SIGKILL at random moments of making a repository, of pushing to a directory and to a repository: what is
# there verifies after each, and the next run completes.  And a disk that is full.
# label: slow
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
need git jq
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

own() { mimeo --no-input --library press.library push -C press "$@"; }
refs() { git -C "$1" show-ref | sort; }
make_publisher press
pin press
id=$(mimeo --library press.library status press --json | jq -r .publisher)
number=0
while [ "$number" -lt 150 ]; do
    number=$((number + 1))
    article "$number" | publish press - || fault "article $number"
done
git init -q --bare reference.git
own reference.git >/dev/null || fault 'reference'
mkdir -p library/publishers
cp -R press "library/publishers/$id"
rm -rf "library/publishers/$id/.git"
git init -q --bare once.git
whole_run making mimeo push --publisher press once.git
whole_run copying own ./once

round=0 made=0 copied=0
while [ "$round" -lt 32 ]; do
    round=$((round + 1))
    # Those that ended leave nothing to do.
    { [ "$made" -eq 137 ] && [ $((round % 2)) -ne 1 ]; } || { rm -rf library/work made.git && git init -q --bare made.git; }
    { [ "$copied" -eq 137 ] && [ $((round % 2)) -ne 1 ]; } || rm -rf stick
    # the library's repository, and a push of it
    killed_run making "$MIMEO" -q --no-input push --publisher press made.git
    made=$status
    killed_run copying "$MIMEO" -q --no-input --library press.library push -C press ./stick
    copied=$status
    [ ! -e stick/head ] || mimeo verify stick >out 2>err
    got=$?
    [ "$got" -eq 0 ] || [ "$got" -eq 7 ] || [ "$got" -eq 8 ] || { # older than what is known, or on its way
        fault "round $round: status $got of what a killed push left on the stick"
        cat out err
    }
    if [ $((round % 4)) -eq 0 ]; then
        expect 0 'made.git' mimeo push --publisher press made.git
        is "refs after round $round" "$(refs made.git)" "$(refs reference.git)"
        git -C "library/work/$id/repo" fsck --strict >fsck.out 2>&1 || { fault "round $round: git fsck"; cat fsck.out; }
        expect 0 'stick' own ./stick
        expect 0 'good: verified' mimeo verify --deep stick
        is 'temporary files left' "$(find stick library -name '.mimeo-tmp*' -o -name 'pack_git2*' -o -name 'tmp_*' | wc -l)" 0
    fi
done
killed_often
is 'what is left in the temporary directory' "$(find "$TMPDIR" -maxdepth 1 -name 'mimeo*')" ''

# ---- a repository made for one push, of files that are nobody's library ----

cp -R "library/publishers/$id" plain
round=0
while [ "$round" -lt 6 ]; do
    round=$((round + 1))
    rm -rf plain.git && git init -q --bare plain.git
    killed_run making "$MIMEO" -q --no-input push -C plain plain.git
done
expect 0 'plain.git' mimeo push -C plain plain.git
is 'refs of plain files' "$(refs plain.git)" "$(refs reference.git)"
is 'repositories left' "$(find library/work -name 'new-*' | wc -l)" 0
is 'what is left in the temporary directory' "$(find "$TMPDIR" -maxdepth 1 -name 'mimeo*')" ''

# ---- a publisher and two who push at once ----

: >complaints
cp -R press busy && cp -R press.library busy.library && cp press.key busy.key && cp press.key.journal busy.key.journal 2>/dev/null
git init -q --bare busy.git
pushing() { # TARGET
    times=0
    while [ ! -e finished ] || [ "$times" -lt 2 ]; do
        times=$((times + 1))
        said=push.${1#./}
        timeout 60 "$MIMEO" --no-input --library busy.library push -C busy "$1" >"$said" 2>&1 ||
            grep -q 'run it again\|run again' "$said" || printf 'push: %s\n' "$(cat "$said")" >>complaints
    done
}
pushing busy.git & first=$!
pushing ./busy.stick & second=$!
number=0
while [ "$number" -lt 12 ]; do
    number=$((number + 1))
    article "$((1000 + number))" | publish busy - >publish.out 2>&1 || printf 'publish: %s\n' "$(cat publish.out)" >>complaints
done
: >finished
wait "$first" "$second"
[ ! -s complaints ] || fault "at once: $(sort complaints | uniq -c | head -5)"
expect 0 'busy.git' mimeo --no-input --library busy.library push -C busy busy.git ./busy.stick
is 'what was pushed' "$(git -C busy.git rev-parse main)" "$(git -C busy rev-parse main)"
expect 0 'good: verified' mimeo --library busy.library verify --deep busy.stick

# ---- a full disk ----
mkdir small
if mount -t tmpfs -o size=300k tmpfs small 2>/dev/null; then
    trap 'umount small; rm -rf "$work"' EXIT
    expect 1 'make room' own small/stick
    [ ! -e small/stick/head ] || fault 'something was written where there is no room'
    # Room by the count, and then not: something else fills the disk meanwhile.
    mount -o remount,size=3m small
    free=$(df --output=avail -k small | tail -1)
    wanted=$((150 * 5 + 40))
    step=0
    while [ "$step" -lt 8 ]; do
        step=$((step + 1))
        rm -rf small/* 2>/dev/null
        head -c $(((free - wanted) * 1024)) /dev/zero >small/ballast
        (while [ ! -e small/stick/bundles ]; do sleep 0.002; done; head -c $(((wanted - step * 60) * 1024)) /dev/zero >>small/ballast) 2>/dev/null &
        filler=$!
        timeout 60 "$MIMEO" --no-input --library press.library push -C press small/stick >out 2>err
        got=$?
        kill "$filler" 2>/dev/null
        wait "$filler" 2>/dev/null
        [ "$got" -eq 0 ] || grep -q 'full\|room' out err || { fault "step $step: status $got"; cat out err; }
        [ ! -e small/stick/head ] || mimeo verify small/stick >out 2>err
        got=$?
        [ "$got" -eq 0 ] || [ "$got" -eq 7 ] || [ "$got" -eq 8 ] || { fault "step $step: verify gives $got"; cat out err; }
        rm -f small/ballast
        expect 0 'stick' own small/stick
        expect 0 'good: verified' mimeo verify --deep small/stick
    done
    # The library's own disk.
    rm -rf small/*
    mount -o remount,size=160k small
    mkdir small/work
    rm -rf library/work
    ln -s "$work/small/work" library/work
    git init -q --bare full.git
    expect 1 'full' mimeo push --publisher press full.git
    mount -o remount,size=16m small
    expect 0 'pushed' mimeo push --publisher press full.git
    is 'refs with room again' "$(refs full.git)" "$(refs reference.git)"
fi
done_testing
