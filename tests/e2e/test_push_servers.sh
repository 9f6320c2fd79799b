#!/bin/sh
# Pushing to real servers: git daemon, git behind a web server with TLS and passwords, ssh; through proxies,
# and never round them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq python3
# shellcheck source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"

own() { mimeo --no-input --library press.library push -C press "$@"; }
repository() { # NAME: a bare one below www, for pushing over HTTP too
    git init -q --bare "www/$1.git"
    git -C "www/$1.git" config http.receivepack true
}
refs() { git -C "$1" show-ref | sort; }
same() { is "refs of $1" "$(refs "www/$1.git")" "$(refs www/reference.git)"; }

mkdir www
make_publisher press
number=0
while [ "$number" -lt 12 ]; do
    number=$((number + 1))
    article "$number" | publish press - || fault "article $number"
done
git init -q --bare www/reference.git
own www/reference.git >/dev/null || fault 'a path'

# ---- git:// ----
repository daemon
serve_git_push www
expect 0 "pushed     $url/daemon.git" own "$url/daemon.git"
same daemon
expect 0 'unchanged' own "$url/daemon.git"
expect 1 'there is no such repository' own "$url/nothing.git"
daemon=$url daemon_log=$log
before=$(wc -l <"$daemon_log")
serve_dead
dead_proxy=$proxy
expect 2 'git:// does not go through a proxy' own --proxy "$dead_proxy" "$daemon/daemon.git"
is 'the daemon was asked nothing' "$(wc -l <"$daemon_log")" "$before"

# ---- http, with a password ----
repository web
serve_http_push www
web=$url web_log=$log
with_password=$(printf '%s' "$url" | sed "s,//,//$http_user:$http_password@,")
wrong_password=$(printf '%s' "$url" | sed "s,//,//$http_user:wrong@,")
expect 1 'password' own "$url/web.git"
expect 1 'authentication failed' own "$wrong_password/web.git"
expect 0 'pushed' own "$with_password/web.git"
same web
grep -q "$http_password" out err && fault 'the password is shown'
# A credential helper of the user's counts.
article 20 | publish press - || fault 'one more'
own www/reference.git >/dev/null
git -C press config credential.helper "!f() { echo username=$http_user; echo password=$http_password; }; f"
expect 0 "pushed     $url/web.git" own "$url/web.git"
same web
expect 1 'no such repository' own "$url/nothing.git"

# ---- https ----
repository tls
serve_https_push www
expect 3 'its TLS certificate does not hold' own "$url/tls.git"
is 'what was pushed past a certificate' "$(refs www/tls.git)" ''
git -C press config http.sslCAInfo "$ca"
expect 0 'pushed' own "$url/tls.git"
same tls
serve_https_push www expired
expect 3 'its TLS certificate does not hold' own "$url/tls.git"
serve_https_push www wrong-name
expect 3 "its TLS certificate is another host's" own "$url/tls.git"

# ---- proxies: through them, or not at all ----
repository proxied
# shellcheck disable=SC2119 # no arguments are meant
serve_socks
socks=$proxy socks_log=$log
expect 0 'pushed' own --proxy "$socks" "$web/proxied.git"
same proxied
[ "$(connections "$socks_log")" -gt 0 ] || fault 'nothing went through the proxy'
# Its names are looked up by the proxy: here there is no such name.
repository named
expect 0 'pushed' own --proxy "$socks" "http://press.invalid:${web##*:}/named.git"
grep -q 'press.invalid' "$socks_log" || fault 'the proxy was not given the name'
plain=$(printf '%s' "$socks" | sed 's,socks5h,socks5,')
expect 0 'unchanged' own --proxy "$plain" "http://press.invalid:${web##*:}/named.git"
serve_http_proxy
expect 0 'unchanged' own --proxy "$proxy" "http://press.invalid:${web##*:}/named.git"
# A proxy that is down: the server hears nothing, whatever the environment and git's own settings say.
article 21 | publish press - || fault 'one more'
before=$(wc -l <"$web_log")
git -C press config "http.$web/.proxy" ''
git -C press config remote.web.url "$web/proxied.git"
git -C press config remote.web.proxy ''
for to in "$web/proxied.git" web; do
    NO_PROXY='*' no_proxy='*' expect 3 "'" own --proxy "$dead_proxy" "$to"
done
expect 2 'a proxy is socks5h' own --proxy socks4://127.0.0.1:9 "$web/proxied.git"
is 'the web server was asked nothing' "$(wc -l <"$web_log")" "$before"
# Before signing, too.
expect 0 'could not be asked' mimeo --library press.library publish -C press --key press.key --heartbeat --proxy "$dead_proxy"
is 'the web server was asked nothing before signing' "$(wc -l <"$web_log")" "$before"
git -C press config --remove-section remote.web

# ---- two at once that hang, one that serves ----
serve_bad silent
git -C press remote add hangs "$url/press.git"
git -C press remote add serves "$web/web.git"
expect 0 '' own serves
begin=$(date +%s)
expect 0 'no answer within 20 seconds' mimeo --library press.library publish -C press --key press.key --heartbeat
[ $(($(date +%s) - begin)) -lt 40 ] || fault 'a remote that hangs is waited for too long'
git -C press remote remove hangs
expect 0 '' own serves
# The server has what another machine signed.
rm -rf late late.* && cp -R press late && cp press.key late.key && cp press.key.journal late.key.journal && cp -R press.library late.library
article 30 | publish press - || fault 'asking over http'
own serves >/dev/null || fault 'push'
expect 7 'another machine has published' publish late --heartbeat
expect 7 'another machine has published' mimeo --no-input --library late.library push -C late serves
git -C press remote remove serves
done_testing
