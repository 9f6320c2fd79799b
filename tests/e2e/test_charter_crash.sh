#!/bin/sh
# SIGKILL at steps that make something durable while a charter that cuts is issued, and what was honest published
# again.  After each a clone of the mirror verifies, as before or as after (the work tree is in between for a moment,
# and then says that what is cut off is revoked, or does not find the order to erase); the next run completes.  Pictures and an erasure are beyond the cut.
# label: slow
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq strace
strace -qq -o /dev/null true 2>/dev/null || skip 'strace may not trace here'

make_publisher press
mimeo key new next.key --no-passphrase >next.pub || fault 'a new key'
pictures=$MIMEO_SOURCE_DIR/tools/sample/pictures
cp "$pictures/lighthouse.png" one.png
cp "$pictures/city-map.png" two.png
pictured() { # NUMBER FILE
    printf -- '---\nid: a-%s\ntitle: With a picture %s\npublished: 2026-11-20\nlang: en\n---\nText.\n\n![A view](%s)\n' "$1" "$1" "$2" >"p$1.md"
    publish press "p$1.md" || fault "publishing $1"
}
for n in 1 2; do article "$n" | publish press --sensitive - || fault "publishing $n"; done
pictured 3 one.png
# Beyond the cut, which is after bundle 4: another picture, news, the erasure of article 2, a lie.
pictured 4 two.png
article 5 | publish press - || fault 'publishing 5'
mimeo -q --library press.library retract -C press --key press.key --erase --yes a-2 >/dev/null || fault 'erasing'
article 6 'A lie' | publish press - || fault 'the lie'
mimeo -q --library press.library charter propose -C press --cut 4 --add-key next.pub --remove-key "$(mimeo key show press.key)" -o p
mimeo -q charter sign p --key press.root --yes -o s
mimeo -q charter combine p s -o charter || fault 'combining'
git clone -q press reader
pin press
expect 0 'good' mimeo verify reader

cp -R press whole && cp -R press.library whole.library && cp next.key whole.next
issue() { # DIR [STRACE OPTIONS…]
    at=$1
    shift
    timeout 120 "$@" "$MIMEO" -q --library "$at.library" charter issue -C "$at" charter --key "$at.next" --republish 5,6,7
}
issue whole || fault 'issuing without a kill'
expect 0 'good: verified' mimeo --library whole.library verify --deep whole
list() { mimeo -q --library "$1.library" --json list "$1" | jq -c '[.id, .action, .revision, (.media // [] | length)]' | sort; }
list whole >wanted
is 'articles' "$(jq -r .[0] wanted | tr '\n' ' ')" 'a-1 a-3 a-4 a-5 '
expect 0 'Retracted' mimeo --library whole.library read -C whole a-2
is 'pictures' "$(find whole/media -type f | wc -l)" 2
grep -q 'erased_blocks":[1-9]' <<END || fault 'the erasure is forgotten'
$(mimeo --library whole.library --json verify whole)
END
git -C whole log --format=%s refs/heads/media >media.log
is 'media' "$(tr '\n' ',' <media.log)" 'media 6,media 4,'
commits=$(git -C whole rev-list --count main)

killed=0
for call in fsync renameat unlinkat; do
    n=-4
    while n=$((n + 5)) && [ "$n" -le 400 ]; do
        rm -rf try try.library try.next*
        cp -R press try && cp -R press.library try.library && cp next.key try.next
        issue try strace -f -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n >out 2>err
        [ $? -eq 137 ] || break
        killed=$((killed + 1))
        rm -rf clone && git clone -q try clone
        for copy in clone try; do
            mimeo -q --library try.library --json verify "$copy" >out 2>err || {
                [ "$copy" = try ] &&
                    ! jq -r 'select(.fault) | .message' out | grep -qv -e 'a withdrawn key, or beyond a cut' -e 'is all zeros'
            } || {
                fault "$call $n: $copy does not verify after the kill"
                head -n 5 out err
            }
        done
        issue try >out 2>err || grep -q 'issued already' err || {
            fault "$call $n: the next run does not complete"
            head -n 5 err
        }
        # Whatever finished it: a heartbeat goes on from there.
        mimeo -q --library try.library publish -C try --key try.next --heartbeat >out 2>err || {
            fault "$call $n: publishing does not go on"
            head -n 5 err
        }
        list try >got
        cmp -s got wanted || {
            fault "$call $n: other articles came of it"
            diff wanted got | head -n 5
        }
        expect 0 'good: verified' mimeo --library try.library verify --deep try
        is "$call $n: commits" "$(git -C try rev-list --count main)" "$((commits + 1))"
        [ -z "$(git -C try status --porcelain)" ] || fault "$call $n: the work tree"
        [ ! -e try/.git/mimeo/cut ] || fault "$call $n: the stash is left"
        [ ! -e try/.git/mimeo/charter-to-issue ] || fault "$call $n: the charter to issue is left"
    done
done
[ "$killed" -ge 20 ] || fault "only $killed kills"
printf '%d runs were killed\n' "$killed"

# The reader, after all this.
git -C reader fetch -q ../whole main && git -C reader reset -q --hard FETCH_HEAD
expect 0 'good' mimeo verify reader
done_testing
