#!/bin/sh
# Charters: founding 2 of 3, rotation, a cut with honest bundles published again, and what must be refused.
# The root keys' machines never meet: each signs in a directory of its own that holds the proposal and its key.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq b2sum

for n in 1 2 3 4; do
    mkdir "city$n"
    mimeo key new "city$n/root" --role root --no-passphrase >"root$n.pub" || fault "root key $n"
done
for n in 1 2 3; do mimeo key new "pub$n" --no-passphrase >"pub$n.pub" || fault "publishing key $n"; done
key() { cut -c1-64 "$1.pub"; }

# sign: its signature comes back as PROPOSAL.CITY, over a machine that knows nothing else
sign() { # PROPOSAL CITY [--instead]
    cp "$1" "city$2/$1"
    # shellcheck disable=SC2086 # no word where there is no option
    (cd "city$2" && MIMEO_LIBRARY=none mimeo -q charter sign "$1" --key root --yes ${3-} -o "$1.$2") || fault "city $2 signs $1"
    mv "city$2/$1.$2" .
}
news() { # NUMBER KEY
    article "$1" | mimeo -q --library press.library publish -C press --key "$2" - >/dev/null || fault "publishing $1"
}
list() { mimeo -q --json list press | jq -r .id | sort | tr '\n' ' '; }

# ---- founding ----
found='charter propose --new --name Harbour --add-root root1.pub --add-root root2.pub --add-root root3.pub'
# shellcheck disable=SC2086 # words
{
    expect 2 'how many' mimeo $found --add-key pub1.pub -o x
    expect 2 'nobody could' mimeo $found --root-threshold 4 --add-key pub1.pub -o x
    expect 2 'no publishing key' mimeo $found --root-threshold 2 -o x
    expect 2 '--signer' mimeo $found --root-threshold 2 --add-key pub1.pub -o x
    expect 2 'one role' mimeo $found --root-threshold 2 --add-key root4.pub -o x
    expect 2 'one role' mimeo $found --root-threshold 2 --add-key "$(key root1)" --signer root1.pub --signer root2.pub -o x
    expect 2 'nobody could publish' mimeo $found --root-threshold 2 --add-key pub1.pub --add-key pub2.pub \
        --publish-threshold 2 --signer root1.pub --signer root2.pub -o x
    expect 2 'exclude' mimeo $found --from 1 --cut 2 -o x
    [ ! -e x ] || fault 'a proposal that was refused is there'
    expect 0 'founds a new publisher' mimeo $found --root-threshold 2 --add-key pub1.pub --signer "$(key root1)" \
        --signer "city2/root" -o first
    expect 1 'is there already' mimeo $found --root-threshold 2 --add-key pub1.pub --signer root1.pub --signer root2.pub -o first
}
expect 0 'Root keys:        2 of 3' mimeo charter explain first
is 'the ID that it will have' "$(mimeo --json charter explain first | jq -r .publisher)" \
    "$(sed -n '/^text /,/^sum /p' first | sed '1d;$d' | b2sum -l 256 | cut -c1-64)"
sign first 1
expect 8 'missing: the signature of root key' mimeo charter combine first first.1 -o c1
[ ! -e c1 ] || fault 'half a charter is there'
sign first 2
expect 2 'none of those that are to sign' mimeo charter sign first --key city3/root --yes -o first.3
expect 2 'another text' sh -c "sed 's/^name Harbour/name Harbors/' first | sed '\$d' >forged && printf 'sum %s\n' \"\$(b2sum -l 256 <forged | cut -c1-64)\" >>forged && \"$MIMEO\" charter combine forged first.1 first.2 -o c1"
expect 0 'charter 1 is whole' mimeo charter combine first first.1 first.2 -o c1

expect 2 '--key is missing' mimeo --library press.library init press --charter c1
expect 2 'none of the charter' mimeo --library press.library init press --charter c1 --key pub2
expect 2 "are the charter's" mimeo --library press.library init press --charter c1 --key pub1 --name Other
[ -f pub2 ] || fault 'a failed init removed a key that is not its own'
expect 0 'Fingerprint' mimeo --library press.library init press --charter c1 --key pub1
expect 7 'has signed bundle 1' mimeo --library press.library init twice --charter c1 --key pub1
cmp -s c1 press/charter/000001 || fault "the mirror's charter is another"
expect 0 'good' mimeo --library press.library verify press
mimeo -q trust add "$(mimeo -q --library press.library head --link press)" --petname Harbour >/dev/null || fault 'pinning'
for n in 1 2 3; do news $n pub1; done

# ---- a planned rotation of the publishing key ----
change='charter propose -C press'
# shellcheck disable=SC2086 # words
{
    expect 2 '--signer' mimeo $change --add-key pub2.pub --remove-key pub1.pub -o x
    expect 2 'add one' mimeo $change --remove-key "$(key pub1)" -o x
    expect 2 'not among' mimeo $change --remove-key pub3.pub --add-key pub2.pub -o x
    expect 2 'one role for ever' mimeo $change --add-root pub1.pub -o x
    expect 2 'cannot be a root key' mimeo $change --add-root "$(key pub1)" --remove-key pub1.pub --add-key pub2.pub -o x
    expect 2 'use --cut' mimeo $change --add-key pub2.pub --from 2 --signer root1.pub --signer root2.pub -o x
    expect 2 'nobody could publish bundles' mimeo $change --add-key pub2.pub --remove-key pub1.pub --from 9 \
        --signer root1.pub --signer root2.pub -o x
    expect 2 'no root key' mimeo $change --add-key pub2.pub --signer root1.pub --signer root4.pub -o x
    expect 2 'leaves at least that one' mimeo $change --cut 0 -o x
    expect 2 'the newest bundle is 4' mimeo $change --cut 5 -o x
    expect 10 '' mimeo $change --name "$(printf 'a\342\200\256b')" --signer root1.pub --signer root2.pub -o x
    expect 0 'is withdrawn' mimeo $change --add-key pub2.pub --remove-key "$(key pub1 | cut -c1-8)" --signer root1.pub \
        --signer root3.pub -o rotate
}
expect 0 'stays good' mimeo charter explain rotate
sign rotate 1 && sign rotate 3
mimeo -q charter combine rotate rotate.1 rotate.3 -o c2 || fault 'combining the rotation'
expect 6 'not among the publishing keys of charter 2' mimeo --library press.library charter issue -C press c2 --key pub1
expect 0 'issued charter 2 in bundle 5' mimeo --library press.library charter issue -C press c2 --key pub2
expect 1 'issued already' mimeo --library press.library charter issue -C press c2 --key pub2
expect 6 '' mimeo --library press.library publish -C press --key pub1 --heartbeat
news 5 pub2
expect 0 'good' mimeo verify press
expect 0 '' git -C press fsck --no-dangling
expect 0 'publishing key' mimeo charter show press
is 'charters' "$(mimeo --json charter show press | jq -r '[.version, .from] | join(" ")' | tr '\n' ',')" '1 0,2 4,'

# An old proposal, once its version is in force; and another text of a version that a key has signed.
# shellcheck disable=SC2086 # words
mimeo -q $change --name 'Harbour News' --signer root1.pub --signer root2.pub -o name || fault 'proposing a name'
# shellcheck disable=SC2086 # words
mimeo -q $change --name 'Harbour Nues' --signer root1.pub --signer root2.pub -o name2 || fault 'proposing another'
expect 7 'in force already' mimeo charter sign rotate --key city1/root --yes -o x
expect 7 'in force already' mimeo charter explain rotate -C press
sign name 1
cp name2 city1/
expect 7 'another text of charter 3' mimeo charter sign city1/name2 --key city1/root --yes -o x
expect 7 'old proposal' env MIMEO_LIBRARY=none "$MIMEO" charter sign rotate --key city1/root --yes -o x
expect 2 'another text' mimeo charter combine name2 name.1 -o x
expect 0 '' mimeo -q charter sign city1/name2 --key city1/root --yes --instead -o x
rm -f x

# ---- asking ----
expect 2 'no terminal' setsid -w "$MIMEO" charter sign name --key city2/root -o y
expect 2 'no terminal' mimeo --no-input charter sign name --key city2/root -o y
if command -v script >/dev/null; then
    printf 'no\n' | script -qec "'$MIMEO' charter sign name --key city2/root -o y" /dev/null >said 2>&1 && fault 'no is taken for yes'
    [ ! -e y ] || fault 'signed although the answer was no'
    grep -q 'nothing was signed' said || fault 'nothing is said about not signing'
    : >said
    when_asked 'Type yes to sign' 'yes' | script -qec "'$MIMEO' charter sign name --key city2/root -o y" /dev/null >said 2>&1 || fault 'yes is not taken'
    grep -q 'This changes who may sign' said || fault 'signed without a word'
    [ -s y ] || fault 'no signature'
    rm -f y
fi

# ---- on the way ----
sed 's/$/\r/' name >crlf
expect 0 'Harbour News' mimeo charter explain crlf
{ cat name && printf '\n  \n'; } >padded
expect 0 'Harbour News' mimeo charter explain padded
sed 's/Harbour News/Harbour  News/' name >changed
expect 10 'changed on the way' mimeo charter explain changed
head -n 20 name >short
expect 10 'changed on the way' mimeo charter explain short
sed '1s/1$/2/' name >newer
expect 1 'update it' mimeo charter explain newer
expect 10 'is no proposal' mimeo charter explain c2
# Another first digit, whichever it is.
sed '/^text 0/{s/^text 0/text 1/;b
}
s/^text ./text 0/' name.1 >s
expect 10 'changed on the way' mimeo charter combine name s name.1 -o x
reseal() { # FILE: a checksum that fits, as a liar makes one
    sed '$d' "$1" >"$1.body" && { cat "$1.body" && printf 'sum %s\n' "$(b2sum -l 256 <"$1.body" | cut -c1-64)"; } >"$1"
}
# A text that differs from what the chain allows, a chain of another publisher, a hidden threshold.
sed 's/^root-threshold 2$/root-threshold 1/' name >low && reseal low
expect 4 '' mimeo charter explain low
awk '/^text /{on=1} on && /^root-threshold 2$/{print "root-threshold 1"; next} {print}' name >low && reseal low
expect 0 'fewer root keys are enough from then on: 1 instead of 2' mimeo charter explain low
awk '/^text /{on=1} on && /^version 3$/{print "version 4"; next} {print}' name >jump && reseal jump
expect 4 'can never become a charter' mimeo charter explain jump
make_publisher other
awk 'NR == FNR { c = c $0 "\n"; next } /^charter / && !done { done = 1; skip = 1; printf "charter %d\n%s", length(c) + 4, c; next }
     /^charter /{ skip = 0 } !skip' other/charter/000001 name >spliced && reseal spliced
mimeo charter explain spliced >out 2>err && fault 'a chain of another publisher passes'
awk '/^text /{on=1} on && /^signer/ && !x {print "x-note an unknown line"; x = 1} {print}' name >extra
sed "s/^text [0-9]*/text $(($(sed -n 's/^text //p' name) + 23))/" extra >extra2 && reseal extra2
expect 0 'lines that this mimeo does not know' mimeo charter explain extra2
awk '/^text /{on=1} on && /^name /{print "name H\321\213rbour New"; next} {print}' name >alike && reseal alike
expect 0 'several alphabets' mimeo charter explain alike
sed 's/^charter /chapter /' name >junk && reseal junk
expect 10 'in this order' mimeo charter explain junk

# ---- a theft: bundles 7, 8 and 10 are honest, 9 is not ----
git clone -q press old
news 7 pub2 && news 8 pub2
article 9 'A lie' | mimeo -q --library press.library publish -C press --key pub2 - >/dev/null
article 1 'Revised by honest hands' | mimeo -q --library press.library publish -C press --key pub2 - >/dev/null
git clone -q press reader
expect 0 'good' mimeo verify reader
# shellcheck disable=SC2086 # words
expect 0 'bundles 7 to 10 are revoked' mimeo $change --cut 6 --add-key pub3.pub --remove-key pub2.pub --signer root2.pub \
    --signer root3.pub -o cut
is 'what is revoked' "$(mimeo --json charter explain cut | jq -c '[.from, .last_good_seq, .revoked]')" '[6,6,4]'
sign cut 2 --instead && sign cut 3 # of the name that city 2 signed nothing came
mimeo -q charter combine cut cut.2 cut.3 -o c3 || fault 'combining the cut'
cp -R press before
before=$(git -C press rev-parse main)
expect 0 'would issue charter 3' mimeo --library press.library charter issue -C press c3 --key pub3 --dry-run
is 'the history after a dry run' "$(git -C press rev-parse main)" "$before"
expect 2 'not beyond the cut' mimeo --library press.library charter issue -C press c3 --key pub3 --republish 5
expect 2 '--republish' mimeo --library press.library charter issue -C press c3 --key pub3 --republish 7,,8
expect 6 '' mimeo --library press.library charter issue -C press c3 --key pub2
expect 0 'issued charter 3 in bundle 7' mimeo --library press.library charter issue -C press c3 --key pub3 --republish 7,8,10
grep -q 'no longer in this mirror' err || fault 'nothing is said about what is left out'
is 'the articles' "$(list)" 'a-1 a-2 a-3 a-5 a-7 a-8 '
expect 0 'Revised by honest hands' mimeo read -C press a-1
is 'the revision' "$(mimeo --json list press | jq -c 'select(.id == "a-1") | [.action, .revision]')" '["revise",2]'
expect 0 'good' mimeo verify press --deep
is 'commits' "$(git -C press log --format=%s main | tr '\n' ',')" 'bundle 8,bundle 7,'
expect 0 '' git -C press fsck --no-dangling
[ -z "$(git -C press status --porcelain)" ] || fault 'the work tree is not what the branch says'
[ ! -e press/.git/mimeo/cut ] || fault 'the stash is left behind'
[ ! -e press/.git/mimeo/charter-to-issue ] || fault 'the charter to issue is left behind'
news 11 pub3
expect 6 'not among' mimeo --library press.library publish -C press --key pub2 --heartbeat

# A reader who has seen what is revoked: the head moves, the old copy is told as what it is.
expect 6 'revoked' mimeo verify reader --json
expect 0 'good' mimeo status press
is 'the head that is known' "$(mimeo --json trust show Harbour | jq .head_seq)" 9
expect 6 'revoked' mimeo status reader
is 'revoked bundles' "$(mimeo --json verify reader 2>/dev/null | jq -r 'select(.fault == "revoked") | .seq' | grep -c '^[0-9]')" 4
for copy in reader old; do
    git -C "$copy" fetch -q && git -C "$copy" reset -q --hard origin/main
    expect 0 'good' mimeo verify "$copy"
done
# One that saw nothing in between, and then a rotation after the cut.
# shellcheck disable=SC2086 # words
mimeo -q $change --site https://harbour.example/ --signer root1.pub --signer root2.pub -o site || fault 'proposing a site'
sign site 1 && sign site 2
mimeo -q charter combine site site.1 site.2 -o c4 || fault 'combining the site'
expect 0 'issued charter 4' mimeo --library press.library charter issue -C press c4 --key pub3
MIMEO_LIBRARY=$work/late
export MIMEO_LIBRARY
mimeo -q trust add before --first-use --petname late >/dev/null || fault 'pinning late'
expect 0 'first-use' mimeo verify before
expect 0 'first-use' mimeo verify press
is 'the head after a cut that is not the newest charter' "$(mimeo --json trust show late | jq .head_seq)" 10
MIMEO_LIBRARY=$work/library

# The old directory: neither publishes nor issues any more.
expect 7 '' mimeo --library late.library charter issue -C before c3 --key pub3
expect 6 '' mimeo --library press.library publish -C before --key pub3 --heartbeat

# Below an earlier cut there is nothing to cut; at it there is, and at the head.
# shellcheck disable=SC2086 # words
{
    expect 2 'confirmed the bundles up to 6 for ever' mimeo $change --cut 5 --signer root2.pub --signer root3.pub -o x
    expect 0 'bundles 7 to 10 are revoked' mimeo $change --cut 6 --signer root2.pub --signer root3.pub -o second
}
sign second 2 && sign second 3
mimeo -q charter combine second second.2 second.3 -o c5 || fault 'combining the second cut'
expect 0 'issued charter 5 in bundle 7' mimeo --library press.library charter issue -C press c5 --key pub3 --republish all
is 'the articles' "$(list)" 'a-1 a-11 a-2 a-3 a-5 a-7 a-8 '
expect 0 'good' mimeo verify press --deep
# shellcheck disable=SC2086 # words
mimeo -q $change --cut "$(mimeo --json status press | jq .head_seq)" --signer root2.pub --signer root3.pub -o athead2 || fault 'a cut at the head'
sign athead2 2 && sign athead2 3
mimeo -q charter combine athead2 athead2.2 athead2.3 -o c6 || fault 'combining at the head'
expect 0 'issued charter 6' mimeo --library press.library charter issue -C press c6 --key pub3
expect 0 'good' mimeo verify press
# A rotation that was planned, and bundles came in between: no reader could follow it.
head=$(mimeo --json status press | jq .head_seq)
mimeo key new --no-passphrase -q late.key >late.pub || fault 'a new key'
# shellcheck disable=SC2086 # words
mimeo -q $change --add-key late.pub --signer root2.pub --signer root3.pub -o planned || fault 'a planned rotation'
sign planned 2 && sign planned 3
mimeo -q charter combine planned planned.2 planned.3 -o c7 || fault 'combining the planned one'
article 40 | mimeo -q --library press.library publish -C press --key pub3 - || fault 'publishing in between'
expect 2 "does not say which bundle $head is the last good one" mimeo --library press.library charter issue -C press c7 --key pub3
grep -q "with --cut $head where" err || fault 'issue does not say what to do instead'
expect 0 'good' mimeo verify press
is 'charters' "$(mimeo --json charter show press | jq -s 'map(.version) | max')" 6
done_testing
