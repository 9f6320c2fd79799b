#!/bin/sh
# Fetching git branches: from each kind of server, only what is new, and what is left in the scratch repository; through
# proxies or not at all.  What hostile servers do is in test_fetch_hostile.sh.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$(dirname "$0")/servers.sh"
need git python3 lighttpd

# shellcheck disable=SC2317 # called by expect
fetch_tool() { timeout 60 "$MIMEO_BUILD_DIR/tests/fetch_tool" "$@"; }
got_of() { cut -d ' ' -f "$1" out; }
few() { # WHAT BYTES MAX
    checks=$((checks + 1))
    [ "$2" -le "$3" ] || fault "$1: $2 bytes, more than $3"
}
publish_more() { # FROM TO: a bundle for each article
    n=$1
    while [ "$n" -le "$2" ]; do
        article "$n" >one.jsonl
        publish press one.jsonl >/dev/null 2>&1 || fault "publish $n"
        n=$((n + 1))
    done
    git -C press push -q ../srv/press main media 2>/dev/null || git -C press push -q ../srv/press main || fault 'git push'
}
main_id() { git -C srv/press rev-parse refs/heads/main; }

make_publisher press
mkdir srv
git init -q --bare -b main srv/press
publish_more 1 4
first=$(main_id)
mkdir files
git -C srv/press archive main | tar -x -C files
publish_more 5 6

# every_server URL: the whole way, on a scratch repository of its own.
every_server() {
    rm -rf scratch
    expect 0 "main $(main_id)" fetch_tool "$@" refs "$from"
    expect 0 "new $(main_id)" fetch_tool "$@" fetch scratch "$from" refs/heads/main main
    is 'the branch' "$(git -C scratch rev-parse refs/heads/main)" "$(main_id)"
    is 'fsck' "$(git -C scratch fsck --no-dangling 2>&1 | grep -v '^notice')" ''
    # What was not taken yet is new again, and costs nothing.
    expect 0 "new $(main_id)" fetch_tool "$@" fetch scratch "$from" refs/heads/main main
    expect 0 '' fetch_tool slim scratch
    is 'blobs kept' "$(git -C scratch cat-file --batch-check --batch-all-objects | grep -c blob)" 0
    expect 0 "same $(main_id)" fetch_tool "$@" fetch scratch "$from" refs/heads/main main
    few 'nothing new' "$(got_of 3)" 2000
    # One bundle more comes alone.
    n=$((n + 1))
    publish_more "$n" "$n"
    expect 0 "new $(main_id)" fetch_tool "$@" fetch scratch "$from" refs/heads/main main
    few 'one bundle more' "$(got_of 3)" 9000
    is 'blobs that came' "$(git -C scratch cat-file --batch-check --batch-all-objects | grep -c blob)" 2
    is 'fsck of what came' "$(git -C scratch rev-list main | wc -l)" "$(git -C srv/press rev-list main | wc -l)"
}

serve_git srv
git_url=$url/press
from=$git_url
every_server
# Over the files of an earlier state, what came is the whole mirror.
rm -rf over
expect 0 '' fetch_tool fetch over "$git_url" refs/heads/main main
expect 0 '' fetch_tool slim over
mkdir all
git -C srv/press archive main | tar -x -C all
publish_more 20 20
expect 0 'new' fetch_tool fetch over "$git_url" refs/heads/main main
expect 0 "$(git -C srv/press ls-tree -r main bundles | wc -l) bundles" fetch_tool over over all
expect 1 'cannot open' fetch_tool over over files

serve_http srv
http_url=$url/press
from=$http_url
every_server
# All of it looks like plain git, over one connection.
is 'user agents' "$(grep -v 'git/2.39.5' "$log" | grep -c .)" 0

serve_https srv
https_url=$url/press
from=$https_url
every_server --ca "$ca"
expect 3 'authority that nobody here knows: do not go on' fetch_tool refs "$https_url"
stop_server "$server"

# Other branches, tags, and an address that is behind.
serve_git srv
git_url=$url/press
git -C srv/press tag b100 "$first"
git -C srv/press tag b7 "$first"
git -C srv/press tag b07 "$first"
git -C srv/press tag other "$first"
expect 0 'b7' fetch_tool refs "$git_url"
is 'tags' "$(grep -c '^b' out)" 2
expect 0 "older $first" fetch_tool fetch scratch "$git_url" refs/tags/b100 main
is 'the branch stays' "$(git -C scratch rev-parse refs/heads/main)" "$(git -C scratch rev-parse refs/kept/main)"
expect 1 "has no 'refs/heads/nothing'" fetch_tool fetch scratch "$git_url" refs/heads/nothing main
rm -rf steps
expect 0 "new $first" fetch_tool fetch steps "$git_url" refs/tags/b100 main
expect 0 '' fetch_tool slim steps
expect 0 "new $(main_id)" fetch_tool fetch steps "$git_url" refs/heads/main main
is 'only what is new came' "$(git -C steps cat-file --batch-check --batch-all-objects | grep -c blob)" \
    "$(git -C srv/press rev-list --objects "$first..main" | cut -d ' ' -f 1 | git -C srv/press cat-file --batch-check | grep -c blob)"
# Refused: everything is as it was kept.
expect 0 '' fetch_tool undo steps
is 'the branch after undo' "$(git -C steps rev-parse refs/heads/main)" "$first"
is 'blobs after undo' "$(git -C steps cat-file --batch-check --batch-all-objects | grep -c blob)" 0
expect 0 "new $(main_id)" fetch_tool fetch steps "$git_url" refs/heads/main main
expect 0 '' fetch_tool undo steps
expect 0 '' fetch_tool reset steps
is 'after reset' "$(ls -d steps 2>/dev/null)" ''

# A history that was made anew (an erasure): what the branch names is whole, and the old one goes.
rm -rf anew srv/anew
git clone -q --bare srv/press srv/anew
expect 0 "new" fetch_tool fetch anew "${git_url%press}anew" refs/heads/main main
expect 0 '' fetch_tool slim anew
root=$(printf 'bundle' | git -C srv/anew -c user.name=a -c user.email=a commit-tree 'main^{tree}')
git -C srv/anew update-ref refs/heads/main "$root"
expect 0 "new $root" fetch_tool fetch anew "${git_url%press}anew" refs/heads/main main
expect 0 '' fetch_tool slim anew
is 'commits of the new history' "$(git -C anew cat-file --batch-check --batch-all-objects | grep -c commit)" 1

# A branch that moves often does not make the other come again.
git init -q --bare -b main srv/busy
(cd srv/busy && {
    echo 'commit refs/heads/media'
    printf 'committer a <a> 1600000000 +0000\ndata 0\nM 644 inline media/00/00/01/x\ndata 100000\n'
    head -c 50000 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
    echo
    i=0
    while [ $i -lt 300 ]; do
        i=$((i + 1))
        printf 'commit refs/heads/main\ncommitter a <a> %d +0000\ndata 0\nM 644 inline head\ndata 3\n%03d\n' $((1600000000 + i)) $i
    done
} | git fast-import --quiet)
expect 0 'new' fetch_tool fetch busy "${git_url%press}busy" refs/heads/media media
expect 0 'new' fetch_tool fetch busy "${git_url%press}busy" refs/heads/main main
expect 0 '' fetch_tool slim busy
(cd srv/busy && printf 'commit refs/heads/media\ncommitter a <a> 1600000001 +0000\ndata 0\nfrom refs/heads/media^0\nM 644 inline head\ndata 2\nx\n' |
    git fast-import --quiet)
expect 0 'new' fetch_tool fetch busy "${git_url%press}busy" refs/heads/media media
few 'media beside a busy main' "$(got_of 3)" 5000
stop_server "$server"

# ssh: the user's own, with quoting.
mkdir "srv/it's a \$place; x"
git clone -q --bare srv/press "srv/it's a \$place; x/press"
if command -v sshd >/dev/null 2>&1; then
    serve_ssh srv
    from=$url/press
    every_server --no-input
    is 'batch mode' "$(grep -c -e '-o BatchMode=yes' "$ssh_log")" "$(grep -c . "$ssh_log")"
    expect 0 "main " fetch_tool refs "$url/it's a \$place; x/press"
    expect 1 'does not appear to be a git repository' fetch_tool refs "$url/nothing"
    expect 2 'ProxyCommand' fetch_tool --proxy socks5h://127.0.0.1:1 refs "$from"
    is 'ssh was not started' "$(grep -c nothing "$ssh_log")" 1
    expect 2 "host name" fetch_tool refs "ssh://-oProxyCommand=touch%20x/srv"
    expect 2 "begins with '-'" fetch_tool refs "-oProxyCommand=touch x:srv"
    expect 2 "begins with '-'" fetch_tool refs "ssh://-l@127.0.0.1/srv"
    expect 2 'helper programs' fetch_tool refs "ext::touch x"
    GIT_SSH_COMMAND='echo "no way in" >&2; false'
    expect 3 'no way in' fetch_tool refs "$from"
    unset GIT_SSH_COMMAND
    stop_server "$server"
fi

# Proxies: everything through them, names too; closed where they fail.
serve_https srv
web_port=$port https_url=https://localhost:$port/press
# shellcheck disable=SC2119 # of the function
serve_socks
expect 0 "main $(main_id)" fetch_tool --ca "$ca" --proxy "$proxy" refs "$https_url"
is 'the proxy was asked for the name' "$(grep -c 'localhost' "$log")" "$(grep -c ' connect' "$log")"
expect 0 "main $(main_id)" fetch_tool --ca "$ca" --proxy "socks5://127.0.0.1:$port" refs "$https_url"
is 'plain socks5 resolves there too' "$(grep -c 'localhost' "$log")" "$(grep -c ' connect' "$log")"
expect 3 '' fetch_tool --ca "$ca" --proxy "$proxy" refs "https://nobody.onion:$web_port/press"
is 'onion names reach the proxy' "$(grep -c 'nobody.onion' "$log")" 1
expect 2 'through a proxy only' fetch_tool --ca "$ca" refs "https://nobody.onion:$web_port/press"
expect 2 'does not go through' fetch_tool --proxy "$proxy" refs git://127.0.0.1/press
serve_dead
expect 3 'cannot connect to the proxy' fetch_tool --ca "$ca" --proxy "$proxy" refs "$https_url"
expect 2 'socks5h://' fetch_tool --proxy 127.0.0.1:9050 refs "$https_url"
# The environment's proxies are nothing to us.
HTTPS_PROXY=$proxy https_proxy=$proxy ALL_PROXY=$proxy all_proxy=$proxy
export HTTPS_PROXY https_proxy ALL_PROXY all_proxy
expect 0 "main $(main_id)" fetch_tool --ca "$ca" refs "$https_url"
unset HTTPS_PROXY https_proxy ALL_PROXY all_proxy

# Paths are read, not fetched.
expect 2 'is a path' fetch_tool refs "$work/srv/press"
expect 2 'is a path' fetch_tool refs "file://$work/srv/press"
done_testing
