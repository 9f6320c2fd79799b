#!/bin/sh
# Servers that stall, cut, reset, lie and flood: a clone ends in time with a clear line and the documented
# status and keeps nothing; a sync ends so too and changes nothing of what is held.
# label: slow
# shellcheck disable=SC2317 # called by beside
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3

make_publisher press
article 1 | publish press -
i=0
while [ "$i" -lt 20 ]; do
    i=$((i + 1))
    printf '{"id":"big-%s","title":"Big %s","text":"%s"}\n' "$i" "$i" "$(head -c 20000 /dev/urandom | base64 -w 0)"
done | publish press -
who=$(id_of press)
digits=$(digits_of press)
# A library that holds the publisher as it was, to be synced from each bad server.
older_mirror press before 1
mimeo clone before --expect "$digits" >out 2>err || fault "clone: $(cat err)"
mv library library.good
mimeo --library library.good mirrors remove "$who" "$work/before" >/dev/null 2>&1
mimeo --library library.good mirrors remove "$who" before >/dev/null 2>&1

# Peak memory of a command and its children in KiB, into the file `peak`; its status is kept.
measured() {
    python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
open("peak", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status if status >= 0 else 128 - status)' "$@"
}
limit=$((256 * 1024))
grep -q __asan_init "$MIMEO" && limit=$((4096 * 1024))

# in_time WHAT "STATUSES" SECONDS COMMAND…
in_time() {
    timed=$1 allowed=$2 seconds=$3
    shift 3
    begin=$(date +%s)
    status_in "$timed" "$allowed" measured timeout 400 "$MIMEO" "$@"
    took=$(($(date +%s) - begin))
    [ "$took" -le "$seconds" ] || fault "$timed: $took s, more than $seconds"
    [ "$(cat peak)" -le "$limit" ] || fault "$timed: $(cat peak) KiB"
}
top=$work
# meet WHAT "STATUSES[|STATUSES]" ADDRESS [OPTIONS]: a clone and a sync, of which others may be allowed.  The deadlines are short; what they take on a
# busy machine beside them is not what is tested.
meet() {
    what=$1 statuses=$2 address=$3
    shift 3
    ln -s "$top/press" "$top/press.library" "$top/before" .
    fresh_library
    in_time "$what: clone" "${statuses%|*}" 390 clone "$address" --connect-timeout 3 --stall-timeout "${stall:-3}" --timeout "${patience:-20}" "$@"
    # Who it is may have come before the rest went wrong; then only what is genuine may be there.
    if [ -n "$(mimeo trust 2>/dev/null)" ]; then nothing_foreign "$what" press; else nothing_kept "$what"; fi
    rm -rf library && cp -R "$top/library.good" library
    mimeo mirrors add "$who" "$address" >/dev/null 2>&1 || fault "$what: mirrors add"
    snapshot
    in_time "$what: sync" "${statuses#*|}" 390 sync --connect-timeout 3 --stall-timeout "${stall:-3}" --timeout "${patience:-20}" "$@"
    nothing_foreign "$what" press
    expect 0 'good: verified' mimeo verify
    expect 0 'Text of article 1' mimeo read a-1
}

# hostile …: the same, beside others, since most of it is waiting.
hostile() { beside meet "$@"; }

# ---- no answer, half of one, noise ----

# Who is not reached, or says nothing, is status 3; half of an answer may be 8, noise 4 or 10.
for kind in silent hangup reset; do
    serve_bad "$kind"
    hostile "$kind" '3' "$url/press"
    hostile "$kind by git://" '3' "$git_url/press"
done
for kind in garbage endless; do
    serve_bad "$kind"
    hostile "$kind" '3 4 8 10' "$url/press"
    hostile "$kind by git://" '3 4 8 10' "$git_url/press"
done
serve_bad drip
hostile drip '3 8' "$url/press"
serve_bad endless-header
hostile 'endless-header' '3 10' "$url/press"
serve_bad_https silent
hostile 'silent, TLS' '3' "$url/press" --ca-file "$ca"
serve_bad status 404
hostile 'status 404' '1 3|3' "$url/press"
for code in 403 401 429 500 503; do
    serve_bad status "$code"
    hostile "status $code" '3' "$url/press"
done
serve_bad loop
without_end() {
    meet 'redirects without end' '3' "$url/press"
    [ "$(connections "$log")" -lt 200 ] || fault "redirects were followed $(connections "$log") times"
}
beside without_end
serve_bad cookie
hostile 'an empty answer' '3 10' "$url/press"

# From https to http is never followed, whatever waits there.
serve_http .
real=$port real_log=$log
: >"$real_log"
serve_bad_https redirect "http://127.0.0.1:$real"
in_the_clear() {
    meet 'from https to http' '3' "$url/press" --ca-file "$ca"
    is 'what was asked in the clear' "$(grep -c . "$real_log")" 0
}
beside in_the_clear
serve_bad redirect "file://$work"
hostile 'to file://' '3' "$url/press"
serve_bad redirect "git://127.0.0.1:$real"
hostile 'to git://' '3' "$url/press"

# ---- references ----

serve_bad refs 1
hostile 'a reference to what is not there' '3 4 8 10' "$url/press"
serve_bad refs 1000000
hostile 'a million references' '3 4 8 10' "$url/press"
serve_bad refs 1000000
hostile 'a million references by git://' '3 4 8 10' "$git_url/press"
serve_bad refs-endless
hostile 'references without end' '3 8 10' "$url/press"

# ---- the pack ----

for kind in dies refs-stall; do
    serve_bad "$kind" press
    hostile "$kind" '3 8' "$url/press"
done
for kind in pack-stall pack-close pack-short; do
    serve_bad "$kind" press 20000
    hostile "$kind" '3 4 8 10' "$url/press"
done
serve_bad pack-flip press 20000
hostile 'pack-flip' '3 4 8 10' "$url/press"
serve_bad pack-zeros press 4000000000
hostile 'a pack that says four billion objects' '3 4 8 10' "$url/press"
serve_bad pack-endless press
hostile 'pack-endless' '3 4 8 10' "$url/press"
serve_git .
daemon=$port
serve_relay "$daemon" stall 20000
hostile 'git:// that stalls' '3 8' "$git_url/press"
serve_relay "$daemon" reset 20000
hostile 'git:// that resets' '3 8' "$git_url/press"
serve_relay "$daemon" flip-pack 20000
hostile 'git:// with a flipped byte' '3 4 8 10' "$git_url/press"

# ---- what a repository may have in it ----

# strange WHAT "STATUSES[|STATUSES]" NAME: the repository is served over HTTP, and met as a path.  A sync may
# take what is genuine of it, and say what is not.
serve_http .
base=$url
strange() {
    hostile "$1" "$2" "$base/$3"
    hostile "$1, as a path" "$2" "$work/$3"
}
patience=150 stall=120 # the server is an honest one, and may take its time
truncated_mirror press truncated.git
hostile 'a truncated object' '3 4 8 10' "$base/truncated.git"
hostile 'a truncated object, as a path' '1 3 4 8 10' "$work/truncated.git"
stranger stranger
strange 'a repository that is no mirror' '1 3 4 8 10' stranger
git init -q --bare empty.git
strange 'an empty repository' '1 3 8 10' empty.git
blob=$(printf /etc/passwd | git -C press hash-object -w --stdin)
# with a link in the place of the newest bundle, the mirror is older where the link is not followed
with_entry press link.git bundles/00/00 120000 blob "$blob" 03.mimeo
linked() { # ADDRESS
    meet "a symbolic link as a bundle, at $1" '0 4 8 10' "$1"
    find library -type l | grep -q . && fault 'a symbolic link came into the library'
    grep -rq 'root:' library && fault '/etc/passwd came into the library'
}
beside linked "$base/link.git"
beside linked "$work/link.git"
with_entry press link-head.git '' 120000 blob "$blob" head
strange 'a symbolic link as head' '4 8 10|0 4 8 10' link-head.git
with_entry press module.git '' 160000 commit "$(git -C press rev-parse main)" bundles
strange 'a submodule as bundles' '4 8 10|0 4 8 10' module.git
with_entry press tree-head.git '' 040000 tree "$(git -C press rev-parse 'main:charter')" head
strange 'a directory as head' '4 8 10|0 4 8 10' tree-head.git
deep_mirror press deep.git 2000
strange 'directories 2000 deep' '4 8 10|0 4 8 10' deep.git
wide_mirror press wide.git bundles/00/00 1000000
strange 'a million bundles in a directory' '4 8 10' wide.git
wide_mirror press wide-root.git charter 1000000
strange 'a million charters' '0 4 8 10' wide-root.git
joined
done_testing
