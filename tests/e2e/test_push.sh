#!/bin/sh
# Pushing to repositories and directories by path: the same commits whoever makes them, the order, and
# what is never overwritten.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq python3

picture() { # NUMBER: a PNG of its own, with an article that shows it
    python3 - "$1" <<'P'
import struct, sys, zlib
n = int(sys.argv[1])
rows = b''.join(b'\0' + bytes((n * 7 + x * y) % 256 for x in range(8)) for y in range(8))
chunk = lambda t, d: struct.pack('>I', len(d)) + t + d + struct.pack('>I', zlib.crc32(t + d))
open(f'p{n}.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 8, 8, 8, 0, 0, 0, 0)) +
                              chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
P
    printf '{"id":"p-%s","title":"Picture %s","body":"<p>Words about %s.</p>","images":["p%s.png"]}\n' "$1" "$1" "$1" "$1" |
        publish press - || fault "picture $1"
}
bundles() { # FROM TO: a bundle for each number
    number=$1
    while [ "$number" -le "$2" ]; do
        article "$number" | publish press - || fault "article $number"
        number=$((number + 1))
    done
}
erase() { mimeo -q --library press.library retract -C press --key press.key --erase --yes "$1" 2>/dev/null || fault "erase $1"; }
own() { mimeo --library press.library push -C press "$@"; }
plain_copy() { # TO: the publisher's files without git
    rm -rf "$1"
    mkdir "$1"
    (cd press && tar cf - --exclude=.git .) | tar xf - -C "$1"
}
refs() { git -C "$1" show-ref | sort; }
seq_of() { git -C "$1" log -1 --format=%s main -- | cut -d' ' -f2; }

make_publisher press
pin press
id=$(mimeo --library press.library status press --json | jq -r .publisher)

# ---- the same commits, whoever makes them ----
bundles 1 20
picture 1
picture 2
bundles 21 40
erase a-7
picture 3
bundles 41 110
for name in own plain held; do git init -q --bare "$name.git"; done
expect 0 'pushed     own.git' own own.git
is 'the tags' "$(git -C own.git tag)" b100
plain_copy copy
expect 0 'pushed     plain.git' mimeo push -C copy plain.git
is 'refs made from the files' "$(refs plain.git)" "$(refs own.git)"
mkdir -p "library/publishers"
cp -R copy "library/publishers/$id"
expect 0 'pushed     held.git' mimeo push --publisher press held.git
is 'refs made from the library' "$(refs held.git)" "$(refs own.git)"
expect 0 'unchanged  held.git' mimeo push --publisher press held.git
expect 0 'unchanged' mimeo push -C copy own.git plain.git held.git
git -C "library/work/$id/repo" fsck --strict >fsck.out 2>&1 || fault 'git fsck of what was made'
is 'loose objects of the library' "$(git -C "library/work/$id/repo" count-objects | cut -d' ' -f1)" 0
git clone -q -b main own.git clone
expect 0 'good: verified' mimeo verify --deep clone
expect 0 'pushed' mimeo push -C clone ./fresh-from-clone
expect 0 'good: verified' mimeo verify --deep fresh-from-clone

# One bundle more: the library's repository goes on from where it is.
picture 4
plain_copy "library/publishers/$id"
expect 0 'pushed     own.git' own own.git
before=$(find "library/work/$id/repo" -name '*.pack' | wc -l)
expect 0 'pushed     held.git' mimeo push --publisher press held.git
is 'refs after one bundle more' "$(refs held.git)" "$(refs own.git)"
is 'packs after one bundle more' "$(find "library/work/$id/repo" -name '*.pack' | wc -l)" $((before + 2)) # and its picture

# ---- the order: media, tags, main ----
git init -q --bare order.git
# shellcheck disable=SC2016 # a variable of the hook's
printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"%s"\n' "$work/order" >order.git/hooks/update
chmod 755 order.git/hooks/update
expect 0 'pushed     order.git' own order.git
is 'the order' "$(tr '\n' ' ' <order)" 'refs/heads/media refs/tags/b100 refs/heads/main '

# A host whose first branch becomes its face gets main first, with the oldest commit.
git init -q --bare face.git
# shellcheck disable=SC2016 # a variable of the hook's
printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"%s"\n' "$work/face" >face.git/hooks/update
chmod 755 face.git/hooks/update
git -C press config "url.$work/.insteadOf" https://github.com/harbour/
expect 0 'pushed     https://github.com/harbour/face.git' own https://github.com/harbour/face.git
is 'the order at such a host' "$(tr '\n' ' ' <face)" 'refs/heads/main refs/heads/media refs/tags/b100 refs/heads/main '
is 'refs at such a host' "$(refs face.git)" "$(refs own.git)"
git -C press config --remove-section "url.$work/"
# A clone of a repository whose default is another branch shows nothing of use: that is said.
git init -q --bare -b media shows.git
expect 0 "a plain clone of it shows branch 'media'" own shows.git
expect 0 "a plain clone of it shows branch 'media'" own shows.git

# ---- several, each with its result ----
# One whose HEAD names a branch that never comes: a plain clone of it would be empty.
git init -q --bare -b trunk dangling.git
expect 0 'a plain clone of it shows nothing' own dangling.git
git -C dangling.git symbolic-ref HEAD refs/heads/main
expect 0 'unchanged  dangling.git' own dangling.git
! grep -q 'shows nothing' out err || fault 'it says that nothing shows where main does'
git init -q --bare rule.git
printf '#!/bin/sh\necho "no pushes on Sundays" >&2\nexit 1\n' >rule.git/hooks/pre-receive
chmod 755 rule.git/hooks/pre-receive
git init -q --bare last.git
expect 1 "failed     'rule.git': refused by a rule of the host" own rule.git last.git
is 'the one behind a failure' "$(refs last.git)" "$(refs own.git)"
is 'outcomes as JSON' "$(own --json rule.git last.git own.git 2>/dev/null | jq -r .outcome | tr '\n' ' ')" 'failed unchanged unchanged '
git -C press remote add first "$work/first.git"
git -C press remote add second ../second.git
git init -q --bare first.git
git init -q --bare second.git
expect 0 'pushed     second' own
is 'remotes of the configuration' "$(refs second.git)" "$(refs first.git)"
expect 0 'unchanged  first' own first
git -C press remote remove second
git -C press remote remove first
expect 2 'there is no remote to push to' own
expect 2 'give one of them' mimeo push -C press --publisher press own.git

# ---- an erasure: the old history goes ----
blob=$(git -C press rev-parse main:bundles/00/01/05.mimeo)
victim=$(mimeo --library press.library list press --json | jq -r 'select(.seq == 105) | .id')
erase "$victim"
expect 0 'its history was replaced' own own.git
is 'the old blob there' "$(git -C own.git rev-list --objects --all | grep -c "$blob")" 0
is 'tags of the old history' "$(git -C own.git tag)" ''
plain_copy "library/publishers/$id"
expect 0 'its history was replaced' mimeo push --publisher press held.git
is 'refs after an erasure' "$(refs held.git)" "$(refs own.git)"
git -C "library/work/$id/repo" cat-file -e "$blob" 2>/dev/null && fault 'the erased bundle is still in the library'"'"'s repository'
# A copy whose files were not carried out yet gives the same commits.
cp copy/bundles/00/01/05.mimeo library/publishers/"$id"/bundles/00/01/05.mimeo
rm -rf "library/work/$id"
expect 0 'unchanged  held.git' mimeo push --publisher press held.git
plain_copy copy

# Pictures erased: branch media begins anew too.
erase p-2
bundles 120 121
plain_copy copy
expect 0 'replaced' own own.git
expect 0 'replaced' mimeo push -C copy plain.git
is 'refs after a picture was erased' "$(refs plain.git)" "$(refs own.git)"
is 'commits of media' "$(git -C own.git rev-list --count media)" "$(git -C press rev-list --count refs/heads/media)"

# ---- what is not whole ----
git init -q --bare target.git
plain_copy part
rm part/bundles/00/00/31.mimeo part/bundles/00/00/32.mimeo
expect 8 'bundles 31 to 32 are missing' mimeo push -C part target.git
expect 0 'bundles are not held here' mimeo push -C part ./part-of-it
plain_copy part
python3 - part/bundles/00/00/31.mimeo <<'P'
import sys
b = bytearray(open(sys.argv[1], 'rb').read()[:]); b[-3] ^= 1
open(sys.argv[1], 'wb').write(bytes(b))
P
expect 4 'bundles/00/00/31.mimeo' mimeo push -C part target.git
printf x >part/bundles/00/00/31.mimeo
expect 4 'bundle 31 is damaged' mimeo push -C part target.git
is 'what a damaged mirror pushed' "$(refs target.git)" ''
plain_copy part
rm -r part/media
expect 0 'branch media is not pushed' mimeo push -C part target.git
is 'main without its pictures' "$(git -C target.git rev-parse main)" "$(git -C own.git rev-parse main)"
git -C target.git rev-parse -q --verify refs/heads/media >/dev/null && fault 'half a branch media was pushed'
git init -q --bare text.git
expect 0 'pushed     text.git' own --no-media text.git
git -C text.git rev-parse -q --verify refs/heads/media >/dev/null && fault '--no-media pushed media'
expect 0 'pushed     text.git' own text.git
is 'refs after --no-media' "$(refs text.git)" "$(refs own.git)"
expect 5 'nobody vouched' mimeo --library nobody push -C copy text.git

# ---- what is never overwritten ----
cp -R press behind
mimeo -q --library behind.library trust add "$id" --petname press >/dev/null
article 130 | publish press - || fault 'one more'
expect 0 'pushed' own own.git
before=$(refs own.git)
expect 7 'an old copy' mimeo --library press.library push -C behind own.git
expect 7 'another machine has published, or this directory is an old copy' \
    mimeo --library behind.library push -C behind own.git
make_publisher other
expect 1 "another publisher's mirror" mimeo --library other.library push -C other own.git
is 'a remote that was refused' "$(refs own.git)" "$before"
git init -q project
git -C project -c user.name=a -c user.email=b commit -q --allow-empty -m x
git init -q --bare project.git
git -C project push -q ../project.git HEAD:main
before=$(refs project.git)
expect 1 'no mirror' own project.git
is 'a project' "$(refs project.git)" "$before"
expect 2 'git work tree' own project
expect 2 'no address that git can push to' own 'ext::sh -c true'
expect 1 'other things in it' own "$HOME/.."
expect 1 'git init --bare' own not-there.git
[ ! -e not-there.git ] || fault 'a directory was made where a repository was meant'
touch file
expect 2 'is a file' own file
# Two machines signed one number: a fork, never pushed over the other.
cp -R press fork && cp press.key fork.key && cp press.key.journal fork.key.journal && cp -R press.library fork.library
article 140 'here' | publish press - || fault 'here'
article 141 'there' | publish fork - --offline || fault 'there'
expect 0 'pushed' own own.git
expect 7 'two histories are signed' mimeo --library fork.library push -C fork own.git
is 'the proof that is kept' "$(find fork.library/trust -path '*conflict*' -type f | wc -l)" 1
# A tag of a bundle that we do not have: somebody is ahead, though main does not show it yet.
git -C last.git tag b200 main
expect 7 'has a tag of bundle 200' own last.git

# ---- directories ----
expect 1 "there is no remote and no directory 'stick'" own stick
[ ! -e stick ] || fault 'a word that is no remote made a directory'
expect 0 'pushed     ./stick' own ./stick
expect 0 'unchanged  stick' own stick
# A fresh stick is empty but for what its file system made; and that is nothing to remark on.
mkdir fresh fresh/lost+found full full/photos && chmod 0 fresh/lost+found
expect 0 'pushed' own fresh
expect 0 'good: verified' mimeo verify --deep fresh
if grep -q 'lost+found' out err; then fault 'lost+found is remarked on'; fi
expect 1 'other things in it' own full
expect 0 'good: verified' mimeo verify --deep stick
is 'what is on the stick' "$(find stick -type f | wc -l)" "$(find press -path press/.git -prune -o -type f -print | wc -l)"
git init -q --bare from-stick.git
expect 0 'pushed' mimeo push -C stick from-stick.git
is 'refs made from the stick' "$(refs from-stick.git)" "$(refs own.git)"
expect 7 'another machine has published' mimeo --library behind.library push -C behind stick
expect 1 "another publisher's mirror" mimeo --library other.library push -C other stick
article 150 'to be erased from the stick' | publish press - --sensitive || fault 'sensitive'
expect 0 'pushed' own stick
erase a-150
expect 0 '"outcome":"pushed","rewrote":true' own --json stick
expect 0 '"rewrote":false' own --json stick
expect 0 'erased by bundle' mimeo verify stick

# ---- before signing: the remotes are asked (R10) ----
git -C press remote add origin "$work/own.git"
git -C fork remote add origin "$work/own.git"
expect 0 'pushed     origin' own
expect 7 'another machine has published' publish fork --heartbeat
rm -rf late late.* && cp -R press late && cp press.key late.key && cp press.key.journal late.key.journal && cp -R press.library late.library
article 160 | publish press - || fault 'with a remote that agrees'
expect 0 'pushed     origin' own
expect 7 'another machine has published' publish late --heartbeat
article 161 | publish late --dry-run - >out || fault 'a dry run asks nobody'
is 'what a refusal signed' "$(seq_of late)" "$(($(seq_of press) - 1))"
expect 7 "own.git' has bundle" publish late --heartbeat --offline --check-mirror "file://$work/own.git"
# A remote that is not there: said, and with a journal the work goes on; without one it does not.
git -C press remote set-url origin "$work/gone.git"
expect 0 'it could not be asked whether another machine has published' \
    mimeo --library press.library publish -C press --key press.key --heartbeat
expect 0 '' publish press --heartbeat --offline
grep -q asked err && fault '--offline asks'
expect 1 'gone.git' publish press --heartbeat --check-mirror "file://$work/gone.git"
mv press.key.journal journal
expect 7 'no journal' publish press --heartbeat
git -C press remote set-url origin "$work/own.git"
git -C press push -q origin main
expect 0 '' publish press --heartbeat
# An erasure is not another history.
expect 0 'pushed' own
article 170 | publish press - || fault 'before the erasure'
erase a-170
expect 0 '' publish press --heartbeat
expect 0 'its history was replaced' own

# ---- addresses and passwords stay out of arguments and words ----
mkdir bin
real=$(command -v git)
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s"\nexec "%s" "$@"\n' "$work/argv" "$real" >bin/git
chmod 755 bin/git
PATH=$work/bin:$PATH own "$work/own.git" >/dev/null 2>&1
PATH=$work/bin:$PATH own 'http://courier:secret@127.0.0.1:9/press.git' >out 2>err
is 'addresses in arguments' "$(grep -c -e own.git -e 127.0.0.1 argv)" 0
grep -q 'ls-remote' argv || fault 'the wrapper saw nothing'
grep -q secret out err && fault 'a password is shown'
done_testing
