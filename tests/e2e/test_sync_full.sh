#!/bin/sh
# A really full disk under the library: clone and sync say so, what was there stays whole, and with room
# again they go on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3
mkdir library
mount -t tmpfs -o size=3m,mode=700 tmpfs library 2>/dev/null || skip 'a small tmpfs cannot be mounted here (not root?)'
trap 'stop_servers; umount library; rm -rf "$work"' EXIT
empty_library() { find library -mindepth 1 -delete; }

make_publisher press
article 1 | publish press -
article 2 | publish press -
git clone -q press small
big() { # NAME: articles that do not compress
    i=0
    while [ "$i" -lt 40 ]; do
        i=$((i + 1))
        printf '{"id":"%s-%s","title":"Big %s","text":"%s"}\n' "$1" "$i" "$i" "$(head -c 75000 /dev/urandom | base64 -w 0)"
    done
}
big first | publish press - || fault 'publishing'
digits=$(digits_of press)
serve_http .

# ---- a clone that does not fit, each way ----

for address in "$url/press" "$work/press"; do
    empty_library
    expect 1 'full' mimeo clone "$address" --expect "$digits"
    [ -z "$(mimeo trust 2>/dev/null)" ] || status_in "verify after a clone of $address" '0 1 8' mimeo verify
done

# ---- a sync that does not fit ----

empty_library
expect 0 '' mimeo clone "$url/small" --expect "$digits"
mimeo mirrors add "$(id_of press)" "$url/press" >/dev/null 2>&1 || fault 'mirrors add'
mimeo mirrors remove "$(id_of press)" "$url/small" >/dev/null 2>&1 || fault 'mirrors remove'
snapshot
expect 1 'full' mimeo sync
nothing_foreign 'a sync that does not fit' press
status_in 'verify' '0 8' mimeo verify
expect 0 'Text of article 1' mimeo read a-1
is 'articles' "$(mimeo list | grep -c -e a-1 -e a-2)" 2

# ---- the fault at another place each time ----

mount -o remount,size=32m library
empty_library
git clone -q press source
git -C source reset -q --hard main~1
cp -R source before
expect 0 '' mimeo clone "$url/source" --expect "$digits"
article 3 | publish press -
cp -R library kept
git -C source pull -q 2>/dev/null || fault 'git pull'
step=0
while [ "$step" -lt 14 ]; do
    step=$((step + 1))
    empty_library
    cp -R kept/. library
    free=$(df --output=avail -k library | tail -1)
    # From no room at all to about as much as it takes.
    room=$(awk -v s="$step" 'BEGIN { printf "%d", (s - 1) ^ 3 * 6 }')
    head -c "$(((free - room) * 1024))" /dev/zero >library/ballast 2>/dev/null
    snapshot
    status_in "step $step" '0 1 3 8' mimeo sync
    [ "$got" -eq 0 ] || cat out err | grep -q full || {
        fault "step $step: nothing is said of a full disk"
        cat out err
    }
    nothing_foreign "step $step" press
    status_in "step $step: verify" '0 8' mimeo verify
    expect 0 'Text of article 1' mimeo read a-1
done

# Room again: the next run completes.
rm -f library/ballast
mount -o remount,size=64m library
expect 0 '' mimeo sync
holds_all_of 'with room again' press
expect 0 'good: verified' mimeo verify --deep
is 'temporary files left' "$(find library -name '.mimeo-tmp*' | head -3)" ''
done_testing
