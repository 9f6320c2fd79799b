#!/bin/sh
# Pushing over ssh: with the user's own settings, deadlines of ours, and no way round a proxy.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git python3
# shellcheck source=servers.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/servers.sh"

# shellcheck disable=SC2317 # expect calls it
own() { mimeo --no-input --library press.library push -C press "$@"; }
mkdir www
git init -q --bare www/press.git
make_publisher press
article 1 | publish press - || fault 'an article'
serve_ssh www
expect 0 "pushed     $url/press.git" own "$url/press.git"
is 'main there' "$(git -C www/press.git rev-parse main)" "$(git -C press rev-parse main)"
expect 1 'there is no' own "$url/nothing.git"
short=$(id -un)@127.0.0.1:$work/www/press.git
# With a command of one's own for ssh nothing is put into it, and so no proxy can be promised.
expect 2 'a command of your own' own --proxy socks5h://127.0.0.1:9 "$url/press.git"
before=$(wc -l <"$ssh_log")
unset GIT_SSH_COMMAND
expect 0 'unchanged' own "$url/press.git"
tail -n 1 "$ssh_log" | grep -q -e '-o ConnectTimeout=30 .*BatchMode=yes' || fault 'no deadline for ssh'
expect 2 'ssh goes only through a proxy of the form socks5h' own --proxy http://127.0.0.1:9 "$url/press.git"
git -C press config core.sshCommand ssh
expect 2 'a command of your own' own --proxy socks5h://127.0.0.1:9 "$url/press.git"
git -C press config --unset core.sshCommand
# An nc that speaks SOCKS, as far as this test needs it.
mkdir nc
# shellcheck disable=SC2016 # variables of the script's
printf '#!/bin/sh\n[ "$1" != -h ] || { echo "  -X proto  Proxy protocol"; exit 1; }\necho "$*" >>"%s"\nexit 1\n' "$work/nc.log" >nc/nc.openbsd
chmod 755 nc/nc.openbsd
before=$(grep -c 'Connection from' "$log")
PATH=$work/nc:$PATH expect 3 "'" own --proxy socks5h://127.0.0.1:9 "$url/press.git"
is 'the proxy command' "$(tail -n 1 nc.log)" "-X 5 -x 127.0.0.1:9 127.0.0.1 $port"
is 'connections to sshd past the proxy' "$(grep -c 'Connection from' "$log")" "$before"
for proxy in 'socks5h://127.0.0.1' "socks5h://\$(id):9" 'socks5h://-x:9'; do
    PATH=$work/nc:$PATH expect 2 'socks5h://HOST:PORT' own --proxy "$proxy" "$url/press.git"
done
rm -r nc
if command -v nc.openbsd >/dev/null || nc -h 2>&1 | grep -q -e '-X '; then :; else
    expect 2 'netcat-openbsd' own --proxy socks5h://127.0.0.1:9 "$url/press.git"
fi
# An unknown host key is not waved through.
sed -i 's/^\[127/[128/' "$ssh_known"
expect 4 'host key' own "$url/press.git"
printf '%s' "$short" >/dev/null
done_testing
