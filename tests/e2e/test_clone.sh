#!/bin/sh
# Cloning a mirror into the library, over each kind of address, as git and web servers really serve it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/mirrors.sh"
need git jq python3

make_publisher press
cp -R "$MIMEO_SOURCE_DIR/tools/sample" edition
rm edition/README.md edition/draw-pictures
publish press edition
article 1 | publish press -
article 2 | publish press -
articles=$(mimeo --library press.library list press | wc -l)
digits=$(digits_of press)
who=$(id_of press)

# ---- a path: first use, said on each screen until the digits were compared ----

expect 0 "$digits" mimeo clone press
grep -q "trust confirm" err || fault 'clone does not say how to confirm'
holds_all_of 'a path' press
mkdir elsewhere && cd elsewhere || exit 1
is 'articles in the library' "$(mimeo list 2>/dev/null | wc -l)" "$articles"
for command in list 'read a-1' status verify; do
    # shellcheck disable=SC2086 # a command and its words
    mimeo $command >out 2>err || fault "$command: status $?"
    cat out err | grep -qi -e 'first.use' || fault "$command does not say 'first use'"
done
expect 0 'Text of article 1' mimeo read a-1
expect 0 'bundle' mimeo status
expect 4 'fingerprint differs' mimeo trust confirm "$who" --expect '11111 22222 33333 44444 55555 66666 77777 88888'
expect 0 '' mimeo trust confirm "$who" --expect "$digits"
for command in list 'read a-1' status verify; do
    # shellcheck disable=SC2086 # a command and its words
    mimeo $command >out 2>err || fault "$command: status $?"
    cat out err | grep -qi -e 'first.use' && fault "$command says 'first use' after the digits were compared"
done
expect 0 'good: verified' mimeo verify
expect 0 'good: verified' mimeo verify --deep
id=$(mimeo list --json | jq -r 'select(.media) | .id' | head -1)
expect 0 '' mimeo read "$id" --picture 1 -o picture
is 'a picture' "$(b2sum -l 256 picture | cut -d' ' -f1)" "$(mimeo read --json "$id" | jq -r '.media[0].hash')"
cd ..
is 'mode of the library' "$(stat -c %a "$work/library")" 700
# The publisher's own directory, named, is still what it was.
is 'a path that is named' "$(mimeo list press | wc -l)" "$articles"

# Again: it is there already, and stays as it is.
snapshot
expect 0 'nothing new' mimeo clone press
unchanged 'cloning again'

# ---- --expect and --petname ----

fresh_library
expect 4 'fingerprint differs' mimeo clone press --expect '11111 22222 33333 44444 55555 66666 77777 88888'
nothing_kept 'digits that differ'
expect 0 '(verified)' mimeo clone press --expect "$digits" --petname Quay
expect 0 'good: verified' mimeo verify
is 'petname' "$(mimeo trust --json | jq -r .petname)" Quay
expect 0 '' mimeo list
grep -qi 'first.use' out err && fault "'first use' is said of who was verified"
expect 2 '' mimeo clone
expect 2 '' mimeo clone press --connect-timeout 0

# JSON: what came of the address.
fresh_library
expect 0 '' mimeo clone press --json
jq -es '.[0].outcome == "new" and .[0].bundles > 0 and .[0].network_bytes >= 0 and (map(.pin // empty) | .[0] == "first-use")' out >/dev/null ||
    fault "clone --json: $(cat out)"

# ---- what a path may be ----

clones() { # WHAT ADDRESS [OPTIONS]
    what=$1
    shift
    fresh_library
    expect 0 'first-use' mimeo clone "$@"
    holds_all_of "$what" press
    is "$what: articles" "$(mimeo list 2>/dev/null | wc -l)" "$(mimeo --library press.library list press | wc -l)"
}
git clone -q --mirror press bare.git
git clone -q press plain
rm -rf plain/.git
clones 'a bare repository' bare.git
clones 'a directory without git' plain
clones 'file://' "file://$work/press"
clones 'file:// of a bare repository' "file://$work/bare.git"
git -C press pack-refs --all && git clone -q press worktree
clones 'a clone by git' worktree

# ---- servers ----

serve_http .
http=$port http_log=$log
clones 'http://' "$url/press"
clones 'http:// of a bare repository' "$url/bare.git"
grep -qi mimeo "$http_log" && fault "a server can read 'mimeo' in what it was asked: $(grep -i -m1 mimeo "$http_log")"
serve_git .
clones 'git://' "$url/press"

serve_https .
clones 'https://' "$url/press" --ca-file "$ca"
refused() { # WHAT WORDS ADDRESS [OPTIONS]: not reached, and nothing was taken
    what=$1 words=$2
    shift 2
    fresh_library
    expect 3 "$words" mimeo clone "$@"
    nothing_kept "$what"
}
refused 'an authority that nobody knows' 'certificate' "$url/press"
for kind in expired wrong-name self-signed; do
    serve_https . "$kind"
    refused "$kind" 'certificate' "$url/press" --ca-file "$ca"
    grep -q press "$log" && fault "$kind: something was asked all the same"
done
serve_dead
refused 'a port where nobody listens' '' "$url/press"
refused 'a name that does not exist' '' http://press.invalid/press

# ---- a link: who it is, where copies are, and what is newest ----

serve_http .
article 3 | publish press - --mirror "$url/press"
link=$(link_of press)
fresh_library
expect 0 '(verified)' mimeo clone "$link"
holds_all_of 'a link' press
expect 0 'good: verified' mimeo verify
expect 0 "$url/press" mimeo mirrors
# The mirror does not answer: the publisher is pinned all the same, and a sync goes on from there.
fresh_library
stop_server "$server"
expect 3 '' mimeo clone "$link"
is 'pinned by a link' "$(mimeo trust --json | jq -r .pin)" verified
expect 0 '' mimeo mirrors add "$who" "$work/press"
expect 0 '' mimeo sync
holds_all_of 'a link whose mirror was away' press
# A link with a wrong letter is no link.
fresh_library
expect 10 '' mimeo clone "$(printf '%s' "$link" | tr 0123456789 1234567890)"
nothing_kept 'a link with another ID'
# The link of another publisher does not fit what its mirror shows.
make_publisher other 'Another Courier'
serve_http .
article 1 | publish other - --mirror "$url/press"
expect 4 '' mimeo clone "$(link_of other)"
[ ! -e "$(held press)" ] || fault 'what a link did not name was taken'

# ---- pictures later ----

fresh_library
expect 0 '' mimeo clone press --no-media
is 'media without pictures' "$(find "$(held press)" -path '*/media/*' -type f | wc -l)" 0
expect 0 '' mimeo read "$id"
expect 0 '' mimeo sync
[ "$(find "$(held press)" -path '*/media/*' -type f | wc -l)" -gt 0 ] || fault 'a sync brings no pictures'

# ---- proxies: all through it, names too; where it fails, nothing goes round it ----

serve_http .
http=$port http_log=$log
serve_relay "$http" count
relay=$port relay_log=$log
serve_socks
socks_log=$log
clones 'SOCKS' "http://press.example:$relay/press" --proxy "$proxy"
grep -q "name press.example $relay" "$socks_log" || fault 'the proxy was not asked for the name'
grep -q ' address ' "$socks_log" && fault 'a name was resolved before the proxy saw it'
serve_http_proxy
clones 'an HTTP proxy' "http://press.example:$relay/press" --proxy "$proxy"
before=$(connections "$relay_log")
serve_socks --refuse
refused 'a proxy that refuses' 'proxy' "http://127.0.0.1:$relay/press" --proxy "$proxy"
serve_dead
refused 'a proxy that is not there' 'proxy' "http://127.0.0.1:$relay/press" --proxy "$proxy"
serve_git .
serve_relay "$port" count
git_relay=$log
fresh_library
status_in 'git:// and a dead proxy' '2 3' mimeo clone "$git_url/press" --proxy "$proxy"
is 'direct connections by http://' "$(connections "$relay_log")" "$before"
is 'direct connections by git://' "$(connections "$git_relay")" 0
expect 2 '' mimeo clone "http://127.0.0.1:$relay/press" --proxy gopher://127.0.0.1:1
is 'connections by a proxy that is none' "$(connections "$relay_log")" "$before"

# ---- what is no mirror ----

stranger stranger
fresh_library
status_in 'a repository that is no mirror' '1 8 10' mimeo clone stranger
nothing_kept 'a repository that is no mirror'
expect 1 '' mimeo clone nowhere
mkdir empty
expect 1 'holds no mirror' mimeo clone empty
nothing_kept 'what is not there'
for address in gopher://host.example/press 'ext::sh -c touch% pwned' '--upload-pack=touch pwned' 'ssh://-oProxyCommand=touch%20pwned/x' '-'; do
    status_in "the address $address" '1 2 3 10' mimeo clone "$address"
    [ ! -e pwned ] || fault "the address '$address' ran a command"
done
nothing_kept 'addresses that are none'

# ---- reading opens no socket ----

mimeo clone press >/dev/null 2>&1
if command -v strace >/dev/null 2>&1 && strace -o trace true 2>/dev/null; then
    for command in list 'read a-1' status verify mirrors trust; do
        # shellcheck disable=SC2086 # a command and its words
        timeout 120 strace -f -e trace=socket,connect -o trace "$MIMEO" $command >/dev/null 2>&1
        grep -E 'AF_INET|SOCK_DGRAM' trace && fault "$command opens a socket"
    done
fi

# ---- ssh, which not every machine lets in ----

stop_servers
fresh_library
serve_dead
serve_ssh .
fresh_library
before=$(grep -c Accepted "$log")
status_in 'ssh and a dead proxy' '2 3' mimeo clone "$url/press" --proxy "socks5h://127.0.0.1:$dead"
is 'ssh round the proxy' "$(grep -c Accepted "$log")" "$before"
clones 'ssh://' "$url/press"
unset GIT_SSH_COMMAND
clones 'ssh:// by ssh as it is found' "$url/press"
: >"$ssh_known"
refused 'ssh to a host that is not known' '' "$url/press"
done_testing
