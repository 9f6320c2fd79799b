#!/bin/sh
# The servers that the other tests use: git itself clones over each, and the hostile ones are hostile.
# A fault here is a fault of the tests' own tools, not of mimeo: nothing that is built runs, so once is enough.
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"
need git curl python3 openssl

git init -q -b main work
big() { head -c 300000 /dev/urandom; }
mkdir work/bundles
big >work/bundles/one
big >work/bundles/two
echo text >work/head
git -C work add .
git -C work -c user.name=x -c user.email=x@x commit -qm one
git clone -q --bare work bare.git
tip=$(git -C work rev-parse main)

# clones WHAT GIT-ARGUMENTS…
clones() {
    what=$1
    shift
    rm -rf got
    checks=$((checks + 1))
    timeout 120 git "$@" got >out 2>err || {
        fault "$what: git clone"
        sed 's/^/    /' err | head -5
        return
    }
    [ "$(git -C got rev-parse HEAD)" = "$tip" ] || fault "$what: another commit"
}
patience=120
refuses() { # WHAT WORDS GIT-ARGUMENTS…
    what=$1 words=$2
    shift 2
    rm -rf got
    checks=$((checks + 1))
    case $* in *push*) ;; *) set -- "$@" got ;; esac
    timeout "$patience" git "$@" >out 2>err && fault "$what: git clones it"
    [ -z "$words" ] || grep -qiE "$words" err || {
        fault "$what: nothing about '$words'"
        sed 's/^/    /' err | head -5
    }
}
# shellcheck disable=SC2317 # called by beside
never_ends() { # WHAT GIT-ARGUMENTS…
    what=$1
    shift
    patience=3
    refuses "$what" '' "$@"
}
stays() { beside never_ends "$@"; } # for what never ends; the others need not wait for it
push_into() { # GIT-ARGUMENTS…: a new repository
    rm -rf into && mkdir into && git init -q --bare -b main into/new.git
    expect 0 '' timeout 60 git -C work "$@" main
    is 'what was pushed' "$(git -C into/new.git rev-parse main)" "$tip"
}

serve_http .
real=$port real_log=$log
clones 'HTTP' clone -q "$url/work"
clones 'HTTP, a bare one' clone -q "$url/bare.git"
clones 'HTTP, protocol v0' -c protocol.version=0 clone -q "$url/work"
is 'a file' "$(curl -sS "$url/work/head")" text
is 'a range of a file' "$(curl -sS -r 1-2 "$url/work/head")" ex
is 'a file that is not there' "$(curl -sS -o nothing -w '%{http_code}' "$url/work/none")" 404
grep -q 'git-upload-pack.*version=2' "$real_log" || fault 'the log tells nothing of protocol v2'
refuses 'HTTP, pushing' '403|not allowed|denied' -C work push -q "$url/bare.git" main:x
stop_server "$server"
expect 7 '' curl -sS "$url/work/head"

mkdir into
serve_https .
clones 'HTTPS' -c "http.sslCAInfo=$ca" clone -q "$url/work"
refuses 'HTTPS without the authority' 'certificate' clone -q "$url/work"
serve_https . expired
refuses 'HTTPS, expired' 'expired|certificate' -c "http.sslCAInfo=$ca" clone -q "$url/work"
expect 60 'expired' curl -sS --cacert "$ca" "$url/work/head"
serve_https . wrong-name
expect 60 'no alternative certificate subject name' curl -sS --cacert "$ca" "$url/work/head"
serve_https . self-signed
expect 60 'self' curl -sS --cacert "$ca" "$url/work/head"
serve_https_push .
login=https://$http_user:$http_password@${url#https://}
push_into -c "http.sslCAInfo=$ca" push -q "$login/into/new.git"
refuses 'pushing without a password' 'could not read Username|Authentication' -C work -c "http.sslCAInfo=$ca" push -q "$url/into/new.git" main:x
serve_files .
is 'a file of a server without git' "$(curl -sS "$url/work/head")" text
refuses 'a server without git' 'not found' clone -q "$url/work"

serve_git .
git_port=$port
clones 'git://' clone -q "$url/work"
serve_git_push .
push_into push -q "$url/into/new.git"

# Over ssh last: its words stand before all of what sshd cannot do here.
serve_bad silent
stays 'silent' clone -q "$url/work"
silent_log=$log
serve_bad hangup
refuses 'hangup' 'empty reply' clone -q "$url/work"
serve_bad reset
refuses 'reset' 'reset' clone -q "$url/work"
grep -q 'asked GET /work/info/refs' "$log" || fault 'the log tells nothing of what was asked'
serve_bad garbage
refuses 'garbage' 'HTTP/0.9|not valid|unsupported' clone -q "$url/work"
refuses 'garbage by git://' 'bad line length' clone -q "$git_url/work"
serve_bad endless
expect 28 '' curl -sS --max-time 2 -o nothing "$url/work/info/refs"
serve_bad endless-header
expect 56 'Too large' curl -sS --max-time 60 -o nothing "$url/"
serve_bad drip
expect 28 '' curl -sS --max-time 3 "$url/"
serve_bad status 404
refuses '404' 'not found' clone -q "$url/work"
serve_bad status 500
refuses '500' '500' clone -q "$url/work"
serve_bad loop
expect 47 'redirects' curl -sSL "$url/"
serve_bad_https redirect "http://127.0.0.1:$real"
is 'from https to http' "$(curl -sS --cacert "$ca" -o nothing -w '%{redirect_url}' "$url/x")" "http://127.0.0.1:$real/x"
serve_bad refs 1000
is 'references, v2' "$(git ls-remote "$url/work" | wc -l)" 1000
is 'references, v0' "$(git -c protocol.version=0 ls-remote "$url/work" | wc -l)" 1000
is 'references, git://' "$(git -c protocol.version=0 ls-remote "$git_url/work" | wc -l)" 1000
refuses 'what is announced and not there' 'not our ref' clone -q "$url/work"
serve_bad refs-endless
timeout 3 git ls-remote "$url/work" >out 2>err
is 'status of references without end' "$?" 124

serve_bad good work
clones 'our own HTTP' clone -q "$url/work"
clones 'our own HTTP, v0' -c protocol.version=0 clone -q "$url/work"
serve_bad dies work
refuses 'dies' 'disconnect|empty reply|hung up' clone -q "$url/work"
serve_bad refs-stall work
stays 'refs-stall' clone -q "$url/work"
for version in 0 2; do
    serve_bad pack-stall work 100000
    stays "pack-stall, v$version" -c protocol.version=$version clone -q "$url/work"
    serve_bad pack-close work 100000
    refuses "pack-close, v$version" 'hung up|early EOF|disconnect' -c protocol.version=$version clone -q "$url/work"
    serve_bad pack-short work 100000
    refuses "pack-short, v$version" 'early EOF|index-pack' -c protocol.version=$version clone -q "$url/work"
    serve_bad pack-flip work 100000
    refuses "pack-flip, v$version" 'inflate|pack is corrupted|index-pack' -c protocol.version=$version clone -q "$url/work"
    serve_bad pack-zeros work 1000000
    refuses "pack-zeros, v$version" 'index-pack' -c protocol.version=$version clone -q "$url/work"
done

# The relay: what it counts, and how it hurts.
serve_http .
real=$port
serve_relay "$real" count
clones 'a relay' clone -q "$url/work"
[ "$(relayed down "$log")" -gt 600000 ] || fault "the relay counts $(relayed down "$log") bytes"
serve_relay "$real" stall 100000
stays 'stall' clone -q "$url/work"
serve_relay "$real" close 100000
refuses 'close' 'EOF|hung up|disconnect|closed|curl' clone -q "$url/work"
serve_relay "$real" reset 100000
refuses 'reset' 'EOF|hung up|reset|disconnect|curl' clone -q "$url/work"
serve_relay "$real" --times 1 reset 10
refuses 'reset once' '' clone -q "$url/work"
clones 'and then no more' clone -q "$url/work"
serve_relay "$git_port" flip-pack 100000
refuses 'flip-pack by git://' 'inflate|corrupt|index-pack' clone -q "$git_url/work"
serve_relay "$real" slow 100000
expect 28 '' curl -sS --max-time 1 "$url/work/bundles/one"

# Proxies: the name is resolved by the proxy, and nowhere else.
serve_socks
clones 'SOCKS5' -c "http.proxy=$proxy" clone -q "http://press.example:$real/work"
grep -q "name press.example $real" "$log" || fault 'the proxy was not asked for the name'
is 'a user name' "$(curl -sS -x "$proxy" -U who:x "http://press.example:$real/work/head")" text
grep -q 'user who' "$log" || fault 'the proxy did not see the user'
serve_socks --refuse
refuses 'SOCKS5 that refuses' '' -c "http.proxy=$proxy" clone -q "http://press.example:$real/work"
serve_http_proxy
is 'an HTTP proxy' "$(curl -sS -x "$proxy" "http://press.example:$real/work/head")" text
serve_https .
is 'an HTTP proxy, CONNECT' "$(curl -sS -x "$proxy" --cacert "$ca" "https://localhost:$port/work/head")" text
serve_dead
expect 7 '' curl -sS "$url/"

joined
is 'connections' "$(connections "$silent_log")" 1

# All of it goes when it is told to.
all=$servers
stop_servers
# shellcheck disable=SC2086 # numbers
is 'servers left' "$(python3 "$scripts/ports.py" gone 60 $all)" 0

serve_ssh .
clones 'ssh' clone -q "$url/work"
clones 'ssh, a bare one' clone -q "$url/bare.git"
unset GIT_SSH_COMMAND
clones 'ssh as it is found in PATH' clone -q "$url/work"
grep -q 'git-upload-pack' "$ssh_log" || fault 'the log of ssh tells nothing'
push_into push -q "$url/into/new.git"
printf '' >"$ssh_known"
refuses 'ssh to a host that is not known' 'Host key verification failed' clone -q "$url/work"
done_testing
