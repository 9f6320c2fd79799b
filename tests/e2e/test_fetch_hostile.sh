#!/bin/sh
# What hostile and broken servers do to a fetch: a clear line, the documented status, within the deadline, and the branch
# as it was.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$(dirname "$0")/servers.sh"
need git python3 lighttpd openssl

# Only who never says a word is not waited for long: on a busy machine the others take their time.
stall=30
# shellcheck disable=SC2317 # called by expect
fetch_tool() { timeout 120 "$MIMEO_BUILD_DIR/tests/fetch_tool" --connect 30 --stall "$stall" "$@"; }
patience() { # KIND
    case $1 in silent | *-stall) stall=2 ;; *) stall=30 ;; esac
}
quick() { # STATUS WORDS COMMAND…: and in time, of which a busy machine takes a multiple
    began=$(date +%s)
    expect "$@"
    took=$(($(date +%s) - began))
    checks=$((checks + 1))
    [ "$took" -le 90 ] || fault "took $took s: $*"
}

make_publisher press
mkdir srv
git init -q --bare -b main srv/press
for n in 1 2; do
    article "$n" >one.jsonl
    publish press one.jsonl >/dev/null 2>&1 || fault "publish $n"
    git -C press push -q ../srv/press main
    [ "$n" -eq 2 ] || git clone -q --bare srv/press old
done
first=$(git -C old rev-parse refs/heads/main)
newest=$(git -C srv/press rev-parse refs/heads/main)

# A scratch repository that holds the first bundle, taken.
serve_git "$work"
expect 0 "new $first" fetch_tool fetch scratch "$url/old" refs/heads/main main
expect 0 '' fetch_tool slim scratch
stop_server "$server"

objects() { git -C scratch cat-file --batch-check --batch-all-objects; }
objects >before
unchanged() {
    is "branch after $*" "$(git -C scratch rev-parse refs/heads/main)" "$first"
    is "objects after $*" "$(objects)" "$(cat before)"
}
# hostile STATUS WORDS KIND [ARGUMENTS…]: by HTTP, and by git:// where the kind speaks it.
hostile() {
    status=$1 said=$2
    shift 2
    serve_bad "$@"
    patience "$1"
    quick "$status" "$said" fetch_tool fetch scratch "$url/press" refs/heads/main main
    unchanged "$@"
    stop_server "$server"
    stall=30
}
hostile_git() {
    status=$1 said=$2
    shift 2
    serve_bad "$@"
    patience "$1"
    quick "$status" "$said" fetch_tool fetch scratch "$git_url/press" refs/heads/main main
    unchanged "git:// $*"
    stop_server "$server"
    stall=30
}

# Nobody, and nothing.
serve_dead
quick 3 'refused' fetch_tool refs "$url/press"
quick 3 'refused' fetch_tool refs "git://127.0.0.1:$dead/press"
quick 3 'no address is found' fetch_tool refs http://no-such-name.invalid/press
stop_server "$server"
hostile 8 'sent nothing for 2 seconds' silent
hostile_git 8 'sent nothing for 2 seconds' silent
hostile 3 'broke' hangup
hostile_git 3 'closed the connection' hangup
hostile 3 'broke' reset
hostile_git 3 '' reset
hostile 3 'HTTP' garbage
hostile_git 10 'does not speak' garbage
hostile 10 '' endless
hostile 10 'over its limit' endless-header
serve_bad drip
quick 8 '' fetch_tool --total 6 refs "$url/press"
stop_server "$server"

# Status and redirects.
hostile 1 'status 404' status 404
hostile 3 'user name' status 401
hostile 3 'status 500' status 500
hostile 3 'later' status 429
hostile 10 'no git repository' cookie
hostile 3 'redirects more than 5 times' loop
serve_http srv
good=$url
serve_bad redirect "$good"
expect 0 "new $newest" fetch_tool fetch scratch-2 "$url/press" refs/heads/main main
serve_bad redirect 'file:///etc/passwd#'
expect 3 'redirects' fetch_tool refs "$url/press"
serve_bad redirect 'git://127.0.0.1/'
expect 3 'neither http nor https' fetch_tool refs "$url/press"
serve_bad_https redirect "$good"
expect 3 'from https to http' fetch_tool --ca "$ca" refs "$url/press"
expect 2 'within your own machine' fetch_tool --no-private refs "$url/press"

# Certificates.
for kind in expired wrong-name self-signed; do
    serve_https srv "$kind"
    case $kind in
    expired) said='has expired' ;;
    wrong-name) said='is for another name' ;;
    *) said='nobody here knows' ;;
    esac
    quick 3 "$said" fetch_tool --ca "$ca" refs "$url/press"
    is "$kind" "$(grep -c 'do not go on' err)" 1
    stop_server "$server"
done
serve_https srv
expect 2 'certificates' fetch_tool --ca "$work/none.pem" refs "$url/press"
stop_server "$server"

# Lists of references.
serve_bad refs 1000000
quick 10 'more references than a mirror has' fetch_tool refs "$url/press"
quick 10 'more references than a mirror has' fetch_tool refs "$git_url/press"
stop_server "$server"
hostile 10 'more references' refs-endless
hostile_git 10 'more references' refs-endless
hostile 3 '' refs 100

# Packs.
hostile 3 '' dies srv/press
hostile 8 'sent nothing' refs-stall srv/press
hostile 8 'sent nothing' pack-stall srv/press 1000
hostile 3 '' pack-close srv/press 1000
hostile 4 '' pack-short srv/press 1000
hostile 4 '' pack-flip srv/press 100
hostile 4 '' pack-flip srv/press 700
hostile 4 '' pack-zeros srv/press 1000000
serve_bad pack-endless srv/press
quick 4 'damaged' fetch_tool --max 30000000 fetch scratch "$url/press" refs/heads/main main
unchanged pack-endless
stop_server "$server"
expect 10 'limit' fetch_tool --max 500 fetch scratch "$good/press" refs/heads/main main
unchanged 'a limit'

# Left by a run that was killed; and a scratch repository that is damaged.
: >scratch/objects/pack/pack_git2_abc
: >scratch/objects/pack/tmp_pack_1
for index in scratch/objects/pack/*.idx; do break; done
cp "$index" scratch/objects/pack/pack-0000000000000000000000000000000000000000.idx
expect 0 "new $newest" fetch_tool fetch scratch "$good/press" refs/heads/main main
is 'left over' "$(find scratch/objects/pack ! -name 'pack-*' -type f -o -name 'pack-000*' | wc -l)" 0
for what in refs/heads/main refs/kept/main config; do
    rm -rf damaged
    cp -r scratch damaged
    printf 'junk [' >"damaged/$what"
    expect 4 'damaged' fetch_tool fetch damaged "$good/press" refs/heads/main main
done
rm -rf damaged
cp -r scratch damaged
for pack in damaged/objects/pack/*.pack; do
    chmod u+w "$pack"
    head -c 60 "$pack" >short
    cp short "$pack"
done
expect 4 '' fetch_tool fetch damaged "$good/press" refs/heads/main main
expect 0 '' fetch_tool reset damaged
expect 0 "new $newest" fetch_tool fetch damaged "$good/press" refs/heads/main main

# Credentials work, and are never told.
expect 3 '' fetch_tool refs "http://me:se%63ret@127.0.0.1:$dead/press"
is 'secrets said' "$(cat out err | grep -c -e secret -e 'se%63ret')" 0
expect 2 '***@' fetch_tool refs "http://me:sec/ret@127.0.0.1/press"
is 'secrets said' "$(cat out err | grep -c -e sec/ret)" 0
done_testing
