# Servers for the end-to-end tests, real and hostile, on loopback ports that the kernel picks.
# Sourced after lib.sh.  Each serve_… waits until the server listens, sets $url (and what else it
# says), $server (its number, for stop_server) and $log (what it was asked); all are stopped when the
# test ends, however it ends, and by a deadline of their own where the test was killed.
#
# Call them in the test's own shell, never in a pipe or in $(…): they set variables.
# shellcheck shell=sh disable=SC2034,SC2154 # variables for the tests, and those of lib.sh
servers=
served=0
scripts=$MIMEO_SOURCE_DIR/tests/e2e
PATH=$PATH:/usr/sbin:/sbin
PYTHONDONTWRITEBYTECODE=1
export PATH PYTHONDONTWRITEBYTECODE
# What a machine says of proxies and authorities is not for servers on loopback.
unset GIT_SSL_CAINFO GIT_SSL_CAPATH GIT_SSL_NO_VERIFY GIT_SSH GIT_SSH_COMMAND GIT_PROXY_COMMAND SSL_CERT_FILE \
    SSL_CERT_DIR CURL_CA_BUNDLE http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
trap 'stop_servers; rm -rf "$work"' EXIT

# ---- starting and stopping ----

# start COMMAND…: in a process group of its own, with nothing of the test's but its log.
start() {
    timeout -k 5 1900 "$@" >>"$log" 2>&1 </dev/null &
    server=$!
    servers="$servers $server"
}
# stop_server NUMBER: and all that it started.
stop_server() {
    kill "$1" 2>/dev/null || true
    waited=0
    while kill -0 "$1" 2>/dev/null && [ "$waited" -lt 40 ]; do
        waited=$((waited + 1))
        sleep 0.05
    done
    # Each of these fails where all went well; a caller with set -e must not end here.
    kill -9 "-$1" 2>/dev/null || true
    kill -9 "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    others=
    for one in $servers; do
        [ "$one" = "$1" ] || others="$others $one"
    done
    servers=$others
}
stop_servers() {
    for one in $servers; do stop_server "$one"; done
}
new_server() { # NAME: a directory and a log for it
    served=$((served + 1))
    place=$work/servers/$served-$1
    log=$place/log
    mkdir -p "$place"
    : >"$log"
}
no_server() { # WORDS: without it the test makes no sense
    fault "a server does not start: $*"
    cat "$log" "$place/errors" 2>/dev/null | tail -n 5 | sed 's/^/    /'
    exit 1
}
free_port() { python3 "$scripts/ports.py" free; }
# listening PORT: the server that was started last has it, not somebody else.
listening() { python3 "$scripts/ports.py" wait "$1" "$server" 60; }
# on_some_port FUNCTION ARGUMENTS…: FUNCTION starts the server on $port; another may be faster to take it.
on_some_port() {
    for _ in 1 2 3 4 5; do
        port=$(free_port) || break
        "$@"
        listening "$port" && return 0
        stop_server "$server"
    done
    no_server "$*"
}
# by_python NAME SCRIPT ARGUMENTS…: one of our own servers, which binds port 0 and says which it got.
by_python() {
    new_server "$1"
    script=$2
    shift 2
    start python3 "$scripts/$script" --port-file "$place/port" "$@"
    waited=0
    while [ ! -s "$place/port" ]; do
        waited=$((waited + 1))
        if [ "$waited" -gt 2000 ] || ! kill -0 "$server" 2>/dev/null; then
            no_server "$script $*"
        fi
        sleep 0.05
    done
    port=$(cat "$place/port")
}

# ---- certificates ----

# make_authority: an authority of this test; $ca is what a client is given to trust it.
make_authority() {
    ca=$work/servers/ca.pem
    [ ! -e "$ca" ] || return 0
    mkdir -p "$work/servers"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=Authority of a test' \
        -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -keyout "$work/servers/ca.key" -out "$ca" 2>>"$log" || no_server 'openssl req -x509'
}
# make_certificate FILE good|expired|wrong-name|self-signed: key and certificate in one file.
make_certificate() {
    make_authority
    names=DNS:localhost,IP:127.0.0.1
    begin=20260101000000Z end=21000101000000Z
    case $2 in
    expired) begin=20200101000000Z end=20210101000000Z ;;
    wrong-name) names=DNS:elsewhere.example ;;
    esac
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Server of a test' \
        -keyout "$1.key" -out "$1.csr" 2>>"$log" || no_server 'openssl req'
    printf 'subjectAltName=%s\n' "$names" >"$1.ext"
    # 'openssl ca' alone can say when a certificate begins and ends.
    rm -rf "$1.db" && mkdir "$1.db" && : >"$1.db/index" && openssl rand -hex 8 >"$1.db/serial"
    printf '[ca]\ndefault_ca=x\n[x]\ndatabase=%s\nserial=%s\nnew_certs_dir=%s\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n' \
        "$1.db/index" "$1.db/serial" "$1.db" >"$1.cnf"
    if [ "$2" = self-signed ]; then
        set -- "$1" "$2" -selfsign -keyfile "$1.key"
    else
        set -- "$1" "$2" -cert "$ca" -keyfile "$work/servers/ca.key"
    fi
    file=$1
    shift 2
    openssl ca -batch -notext -config "$file.cnf" -startdate "$begin" -enddate "$end" \
        -extfile "$file.ext" -in "$file.csr" -out "$file.crt" "$@" 2>>"$log" || no_server 'openssl ca'
    cat "$file.key" "$file.crt" >"$file"
}

# ---- HTTP ----

http_user=courier
http_password=harbour-42
lighttpd_with() { # DIR FILES-ONLY PUSH CERTIFICATE
    {
        printf 'server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_setenv", "mod_cgi", "mod_accesslog"'
        [ -z "$4" ] || printf ', "mod_openssl"'
        printf ')\nserver.document-root = "%s"\nserver.bind = "127.0.0.1"\nserver.port = %s\n' "$1" "$port"
        printf 'server.upload-dirs = ("%s")\nserver.errorlog = "%s"\naccesslog.filename = "|exec cat >>%s"\n' "$place" "$place/errors" "$log"
        printf 'accesslog.format = "%%r %%s %%b %%{Range}i %%{User-Agent}i %%{Git-Protocol}i"\n'
        printf 'server.stream-response-body = 1\nserver.max-keep-alive-requests = 1000\nmimetype.assign = ("" => "application/octet-stream")\n'
        printf 'server.feature-flags = ("server.graceful-shutdown-timeout" => 1)\n'
        [ -z "$4" ] || printf 'ssl.engine = "enable"\nssl.pemfile = "%s"\n' "$4"
        if [ "$2" = no ]; then
            # What git asks below a repository goes to git; all else is a file.
            # shellcheck disable=SC2016 # a variable of lighttpd's
            printf '$HTTP["url"] =~ "/(HEAD|info/refs|objects/.*|git-(upload|receive)-pack)(\\?|$)" {\n'
            printf '  alias.url = ("/" => "%s/git-http-backend/")\n  cgi.assign = ("" => "")\n' "$(git --exec-path)"
            printf '  setenv.add-environment = ("GIT_PROJECT_ROOT" => "%s", "GIT_HTTP_EXPORT_ALL" => "1", "HOME" => "%s",\n' "$1" "$place"
            printf '    "GIT_CONFIG_GLOBAL" => "/dev/null", "GIT_CONFIG_SYSTEM" => "/dev/null", "PATH" => "%s")\n}\n' "$PATH"
        fi
        if [ "$3" = yes ]; then
            printf '%s:%s\n' "$http_user" "$http_password" >"$place/users"
            printf 'auth.backend = "plain"\nauth.backend.plain.userfile = "%s"\n' "$place/users"
            for where in '"querystring"] =~ "service=git-receive-pack"' '"url"] =~ "/git-receive-pack"'; do
                # shellcheck disable=SC2016 # a variable of lighttpd's
                printf '$HTTP[%s { auth.require = ("" => ("method" => "basic", "realm" => "press", "require" => "valid-user")) }\n' "$where"
            done
        fi
    } >"$place/conf"
    start lighttpd -D -f "$place/conf"
}
serve_lighttpd() { # DIR FILES-ONLY PUSH CERTIFICATE-KIND
    need lighttpd git python3
    new_server lighttpd
    certificate=
    scheme=http
    if [ -n "$4" ]; then
        need openssl
        certificate=$place/pem scheme=https
        make_certificate "$certificate" "$4"
    fi
    on_some_port lighttpd_with "$(cd "$1" && pwd)" "$2" "$3" "$certificate"
    url=$scheme://127.0.0.1:$port
}
# serve_http DIR: smart HTTP for each repository below DIR ($url/press), and its files as they are.
serve_http() { serve_lighttpd "$1" no no ''; }
# serve_http_push DIR: and pushing, for $http_user with $http_password.
serve_http_push() { serve_lighttpd "$1" no yes ''; }
# serve_files DIR: files alone; no git behind it.
serve_files() { serve_lighttpd "$1" yes no ''; }
# serve_https DIR [good|expired|wrong-name|self-signed]; sets $ca too.
serve_https() { serve_lighttpd "$1" no no "${2:-good}"; }
serve_https_push() { serve_lighttpd "$1" no yes "${2:-good}"; }
serve_https_files() { serve_lighttpd "$1" yes no "${2:-good}"; }

# ---- git:// ----

git_daemon() { # DIR OPTIONS…
    base=$1
    shift
    start git daemon --verbose --export-all --reuseaddr --listen=127.0.0.1 --port="$port" --base-path="$base" "$@"
}
# serve_git DIR: git daemon for each repository below DIR.  serve_git_push DIR: and pushing, for anybody.
serve_git() {
    need git python3
    new_server git-daemon
    directory=$(cd "$1" && pwd)
    shift
    on_some_port git_daemon "$directory" "$@"
    url=git://127.0.0.1:$port
}
serve_git_push() { serve_git "$1" --enable=receive-pack; }

# ---- ssh ----

sshd_with() {
    {
        printf 'Port %s\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\n' "$port" "$place" "$place"
        printf 'PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n'
        printf 'PermitRootLogin prohibit-password\nAcceptEnv GIT_PROTOCOL\nLogLevel VERBOSE\n'
        printf 'SetEnv GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n'
    } >"$place/sshd_config"
    start "$(command -v sshd)" -D -e -f "$place/sshd_config"
}
# serve_ssh DIR: sshd as the user who runs the test.  `ssh` is found by $GIT_SSH_COMMAND, and in PATH by a
# wrapper: ssh itself looks for its settings in the password file's home, never in $HOME.
# $ssh_known is its file of known hosts, $ssh_log what the wrapper was called with.
serve_ssh() {
    need git python3 ssh ssh-keygen sshd
    new_server sshd
    if [ "$(id -u)" -eq 0 ] && [ ! -d /run/sshd ]; then
        mkdir -m 755 /run/sshd 2>/dev/null || skip 'sshd needs /run/sshd, which cannot be made here'
    fi
    for key in host user; do
        ssh-keygen -q -t ed25519 -N '' -C '' -f "$place/$key" || fault 'ssh-keygen'
    done
    directory=$(cd "$1" && pwd)
    on_some_port sshd_with
    ssh_known=$place/known_hosts
    ssh_log=$place/ssh.log
    printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$place/host.pub")" >"$ssh_known"
    {
        printf 'IdentityFile %s/user\nIdentitiesOnly yes\nUserKnownHostsFile %s\nGlobalKnownHostsFile /dev/null\n' "$place" "$ssh_known"
        printf 'StrictHostKeyChecking yes\nBatchMode yes\nSendEnv GIT_PROTOCOL\nConnectTimeout 20\n'
    } >"$place/ssh_config"
    mkdir -p "$place/bin"
    real_ssh=${real_ssh:-$(command -v ssh)}
    {
        printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s"\n' "$ssh_log"
        printf 'exec "%s" -F "%s" "$@"\n' "$real_ssh" "$place/ssh_config"
    } >"$place/bin/ssh"
    chmod 755 "$place/bin/ssh"
    PATH=$place/bin:$PATH
    GIT_SSH_COMMAND=$place/bin/ssh
    export PATH GIT_SSH_COMMAND
    url=ssh://$(id -un)@127.0.0.1:$port$directory
    # Some machines refuse every login (an account that is locked, say): not what a test is about.
    timeout 30 ssh -p "$port" "$(id -un)@127.0.0.1" true >"$place/first" 2>&1 || {
        tail -n 3 "$place/first" "$log"
        skip 'sshd lets nobody in here'
    }
    : >"$ssh_log"
}

# ---- hostile ----

# serve_bad KIND [ARGUMENTS…]: see bad_server.py for the kinds.  $url is http://…; $git_url the same as git://.
# serve_bad_https: over TLS with a good certificate.
serve_bad() {
    need python3 git
    by_python bad bad_server.py "$@"
    url=http://127.0.0.1:$port git_url=git://127.0.0.1:$port
}
serve_bad_https() {
    need python3 git openssl
    new_server certificate
    make_certificate "$place/pem" good
    pem=$place/pem
    by_python bad bad_server.py --tls "$pem" "$@"
    url=https://127.0.0.1:$port
}
# serve_relay PORT KIND [ARGUMENTS…]: a relay to that port which counts bytes and hurts them: see relay.py.
# $url has no path; $git_url the same as git://; relayed LOG sums what passed.
serve_relay() {
    need python3
    by_python relay relay.py "$@"
    url=http://127.0.0.1:$port git_url=git://127.0.0.1:$port
}
# relayed up|down LOG: bytes to, or from, the server so far.
relayed() {
    awk -v way="$1" '$2 == "closed" || $2 == "at" { last[$1] = way == "up" ? $4 : $6 }
        END { for (c in last) sum += last[c]; print sum + 0 }' "$2"
}
# connections LOG: how many were made to a serve_bad, serve_relay or serve_socks.
connections() { grep -c ' connect' "$1"; }

# ---- proxies ----

# serve_socks [--refuse]: a SOCKS5 proxy that leads every name to this machine, and logs the names it is asked for.
# Sets $proxy (socks5h://…).  serve_http_proxy: an HTTP proxy that does the same.
# serve_dead: a port where nobody listens, held so that nobody will.
serve_socks() {
    need python3
    by_python socks socks.py "$@"
    proxy=socks5h://127.0.0.1:$port
}
serve_http_proxy() {
    need python3
    by_python http-proxy socks.py
    proxy=http://127.0.0.1:$port
}
serve_dead() {
    need python3
    by_python dead ports.py hold
    dead=$port url=http://127.0.0.1:$port proxy=socks5h://127.0.0.1:$port
}
