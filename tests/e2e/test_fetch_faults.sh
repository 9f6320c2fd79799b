#!/bin/sh
# Fetching while the disk is full, and stopped or killed at any moment: what was kept is whole, and the next run goes on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$(dirname "$0")/servers.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
need git python3

fetcher=$MIMEO_BUILD_DIR/tests/fetch_tool
# shellcheck disable=SC2317 # called by expect
fetch_tool() { timeout 240 "$fetcher" "$@"; }

# A history of 60 commits with a tag each.
mkdir srv
git init -q --bare -b main srv/press
i=0
while [ "$i" -lt 60 ]; do
    i=$((i + 1))
    printf 'commit refs/heads/main\ncommitter a <a> %d +0000\ndata 0\nM 644 inline bundles/00/00/%02d.mimeo\ndata 60000\n' \
        $((1600000000 + i)) "$i"
    head -c 30000 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
    printf '\nM 644 inline head\ndata 2\n%02d\nreset refs/tags/b%d\nfrom refs/heads/main\n\n' "$i" "$i"
done | git -C srv/press fast-import --quiet
serve_git srv
press_url=$url/press

# ---- killed ----

whole_run fetch fetch_tool fetch once "$press_url" refs/heads/main main
whole_run slim fetch_tool slim once
round=0
while [ "$round" -lt 60 ]; do
    round=$((round + 1))
    [ $((round % 10)) -ne 1 ] || rm -rf scratch
    killed_run fetch "$fetcher" fetch scratch "$press_url" "refs/tags/b$round" main
    [ "$status" -ne 0 ] || killed_run slim "$fetcher" slim scratch
    checks=$((checks + 1))
    if [ -s scratch/refs/kept/main ]; then
        git -C scratch rev-list --objects --filter=blob:none --missing=error refs/kept/main >/dev/null 2>err ||
            git -C scratch rev-list refs/kept/main >/dev/null 2>err || {
            fault "round $round: what was kept is not whole"
            cat err
        }
    fi
    expect 0 "$(git -C srv/press rev-parse "b$round")" fetch_tool fetch scratch "$press_url" "refs/tags/b$round" main
    [ $((round % 3)) -ne 0 ] || expect 0 '' fetch_tool slim scratch
done
killed_often
expect 0 '' fetch_tool slim scratch
is 'left over' "$(find scratch/objects/pack -type f | wc -l)" 2
is 'history' "$(git -C scratch rev-list main | wc -l)" 60

# ---- stopped ----

# ours WORDS: the processes of this test, and of no other that runs beside it, with these in their command.
ours() {
    for one in $(pgrep -f "$1"); do [ "$(readlink "/proc/$one/cwd")" != "$PWD" ] || echo "$one"; done
}
# comes_to COUNT WORDS: so many of them, sooner or later.
comes_to() {
    checks=$((checks + 1)) waited=0
    until [ "$(ours "$2" | wc -l)" -eq "$1" ]; do
        waited=$((waited + 1))
        [ "$waited" -lt 600 ] || {
            fault "not $1 of '$2', but $(ours "$2" | wc -l)"
            return
        }
        sleep 0.05
    done
}
# stopped ADDRESS COUNT WORDS: a fetch that waits for an answer, as COUNT processes with these words, is told to stop.
stopped() {
    "$fetcher" --stall 60 refs "$1" >out 2>err &
    run=$!
    comes_to "$2" "$3"
    kill -INT "$run"
    wait "$run"
    is 'status when stopped' $? 8
    checks=$((checks + 1))
    grep -q 'sent nothing' err && fault 'it was not stopped, but waited to its deadline'
    comes_to 0 "$3"
}
serve_bad silent
stopped "git://127.0.0.1:$port/x" 2 "$fetcher"
is 'words when stopped' "$(grep -c 'run it again to go on' err)" 1
stop_server "$server"

# An ssh that hangs goes with the fetch, whether its time is over or it is stopped.
GIT_SSH_COMMAND="OF=me sleep 54321 #"
export GIT_SSH_COMMAND
expect 8 'sent nothing for 1 seconds' fetch_tool --stall 1 refs ssh://127.0.0.1/x
GIT_SSH_COMMAND="sleep 54321 #"
expect 8 'sent nothing for 1 seconds' fetch_tool --stall 1 refs ssh://127.0.0.1/x
stopped ssh://127.0.0.1/x 1 'sleep 54321'
unset GIT_SSH_COMMAND

# ---- full ----

mkdir small
mount -t tmpfs -o size=1200k tmpfs small 2>/dev/null || {
    printf 'no small tmpfs can be mounted here: a full disk is not tested\n'
    done_testing
}
trap 'stop_servers; umount small; rm -rf "$work"' EXIT
expect 0 new fetch_tool fetch small/scratch "$press_url" refs/tags/b20 main
expect 0 '' fetch_tool slim small/scratch
kept=$(cat small/scratch/refs/kept/main)
expect 1 'disk is full' fetch_tool fetch small/scratch "$press_url" refs/heads/main main
is 'the branch' "$(cat small/scratch/refs/heads/main)" "$kept"
expect 0 new fetch_tool fetch small/scratch "$press_url" refs/tags/b30 main
free=$(df --output=avail -k small | tail -1)
head -c "$((free * 1024))" /dev/zero >small/ballast 2>/dev/null
expect 1 'full' fetch_tool slim small/scratch
rm small/ballast
expect 0 '' fetch_tool slim small/scratch
is 'the branch' "$(cat small/scratch/refs/kept/main)" "$(git -C srv/press rev-parse b30)"
done_testing
