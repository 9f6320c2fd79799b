#!/bin/sh
# Repositories, directories and files that somebody made to hurt: each is told as what it is, nothing
# is followed, nothing hangs, nothing is written.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git timeout
make_publisher press
article 1 | publish press -
article 2 | publish press -
pin press
git clone -q press copy
expect 0 'good' mimeo verify copy

fresh() { rm -rf bad && cp -R copy bad; }

# Line ends: .gitattributes keeps them; where somebody lost it, the cure is named.
git -c core.autocrlf=true clone -q press crlf
expect 0 'good' mimeo verify crlf
fresh
sed -i 's/$/\r/' bad/head
expect 10 'autocrlf' mimeo verify bad

# README and .gitattributes have no signature, and are checked all the same.
fresh
echo 'Visit our new address' >>bad/README.md
expect 4 'README.md' mimeo verify bad
fresh
echo '* text' >bad/.gitattributes
expect 4 '.gitattributes' mimeo verify bad

# Links and strange names in a directory.
fresh
rm bad/bundles/00/00/02.mimeo
ln -s /etc/passwd bad/bundles/00/00/02.mimeo
mimeo verify bad >out 2>err && fault 'a link in place of a bundle is good'
grep -q 'symbolic link' out || fault 'nothing is said of the link'
fresh
mv bad/bundles "$work/elsewhere"
ln -s "$work/elsewhere" bad/bundles
mimeo verify bad >out 2>err && fault 'a link in place of bundles/ is good'
fresh
mkfifo bad/charter/000002
mkfifo bad/fifo
expect 0 'neither a file nor a directory' mimeo verify bad
fresh
touch bad/bundles/00/00/00.mimeo bad/evil.sh bad/bundles/00/00/2.mimeo
printf 'x' >"bad/$(printf 'esc\033]0;pwned\007ape')"
expect 0 'none of a mirror' mimeo verify bad
grep -q "$(printf '\033')" out err && fault 'an escape of a file name reached the terminal'
fresh
cp bad/bundles/00/00/02.mimeo bad/bundles/00/00/03.mimeo
expect 4 'renamed' mimeo verify bad
fresh
mkdir -p bad/bundles/00/00/02.mimeo.d && rm bad/head && mkdir bad/head
mimeo verify bad >out 2>err && fault 'a directory in place of head is good'

# The same inside of git, where nothing was checked out.
git clone -q --bare press bare
expect 0 'good' mimeo verify bare
evil() { # MODE TYPE ID NAME: a bare repository with one more entry
    rm -rf evil && cp -R bare evil
    tree=$({ git -C evil ls-tree main; printf '%s %s %s\t%s\n' "$1" "$2" "$3" "$4"; } | git -C evil mktree --missing)
    commit=$(git -C evil -c user.name=x -c user.email=x@x commit-tree -m 'bundle 3' "$tree")
    git -C evil update-ref refs/heads/main "$commit"
}
blob=$(printf '/etc/passwd' | git -C bare hash-object -w --stdin)
evil 120000 blob "$blob" link
expect 0 'symbolic link' mimeo verify evil
evil 160000 commit "$(git -C bare rev-parse main)" module
expect 0 'submodule' mimeo verify evil
evil 100755 blob "$blob" charter-script
expect 0 '' mimeo verify evil
evil 040000 tree "$(git -C bare rev-parse 'main^{tree}')" bundles-again
expect 0 'none of a mirror' mimeo verify evil

# A loose object that is cut short: libgit2 1.5.1 spins on one for ever.
rm -rf loose && cp -R bare loose
mv loose/objects/pack packs
for pack in packs/*.pack; do
    [ ! -e "$pack" ] || git -C loose unpack-objects -q <"$pack"
done
expect 0 'good' mimeo verify loose
find loose/objects -type f ! -path '*/info/*' >objects
noticed=0
while read -r object; do
    chmod u+w "$object"
    cp "$object" whole
    for part in 0 1 10 "$(($(wc -c <whole) / 2))" "$(($(wc -c <whole) - 1))"; do
        head -c "$part" whole >"$object"
        timeout 20 "$MIMEO" verify loose >out 2>err
        status=$?
        [ "$status" -lt 124 ] || fault "$object, $part bytes: status $status"
        [ "$status" -eq 0 ] || noticed=$((noticed + 1))
    done
    cp whole "$object"
done <objects
[ "$noticed" -gt 10 ] || fault "only $noticed objects cut short were noticed"
# Alternates are not followed.
echo "$work/press/.git/objects" >loose/objects/info/alternates
expect 0 'good' mimeo verify loose

# What is no mirror at all.
mkdir empty
expect 1 'holds no mirror' mimeo verify empty
expect 1 '' mimeo verify nowhere
printf 'PK\003\004rest' >x.zip
expect 10 'zip' mimeo verify x.zip
printf '<html>blocked</html>' >x.mimeo
expect 10 'HTML' mimeo verify x.mimeo
: >nothing.mimeo
expect 10 'empty' mimeo verify nothing.mimeo
tr -d '\r' <copy/bundles/00/00/02.mimeo >text.mimeo
expect 10 'as text' mimeo verify text.mimeo
git -C copy archive main | gzip >x.tgz
expect 10 'gzip' mimeo verify x.tgz
mkdir plain && git -C plain init -q
expect 1 "branch 'main'" mimeo verify plain

# Publishing into what is no publisher's directory changes nothing.
expect 1 'mimeo init' publish empty --heartbeat
is 'the empty directory' "$(ls -A empty)" ''
touch empty/mine
expect 1 'not empty' "$MIMEO" -q --library l init empty --name X --root-key r --key k --no-passphrase
is 'keys of an init that was refused' "$(ls r k 2>/dev/null)" ''

# Two publishers at once: one waits, neither breaks.
article 10 >ten.jsonl
article 11 >eleven.jsonl
publish press ten.jsonl >out1 2>err1 &
publish press eleven.jsonl >out2 2>err2
wait
expect 0 'good' mimeo verify press
is 'articles of both' "$(mimeo list press | grep -c -e a-10 -e a-11)" 2
done_testing
