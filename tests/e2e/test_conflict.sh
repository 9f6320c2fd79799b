#!/bin/sh
# What somebody with the publishing key and a mirror can do to a reader, and what the reader is told: forks below and
# above what is held, gaps, charters withheld and spliced, dates and numbers far ahead; proofs that a third person
# can check, cards that two readers compare.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq
tool=$MIMEO_BUILD_DIR/tests/history_tool
[ -x "$tool" ] || skip 'history_tool is not built'
SOURCE_DATE_EPOCH=1795400000 # between the bundles' dates and their next-by
export SOURCE_DATE_EPOCH

# h is the publisher's history, by key A; f forks off at 60, g at 99, by the same key; key B comes with charter 2,
# which cuts behind 58; with charter 3, which cuts behind 99; and with charter 4, which is planned for behind 110.
"$tool" <<'EOF' || fault 'the histories cannot be made'
charter c1 1 - 0 - A The_Courier
history h
grow h 110 c1 c1 A
history f h 59
grow f 125 c1 c1 A
history g h 98
grow g 120 c1 c1 A
history low h 50
grow low 70 c1 c1 A
charter cut58 2 c1 58 h/58 B The_Courier
charter cut99 2 c1 99 h/99 B The_Courier
charter cut105 2 c1 105 h/105 B The_Courier
charter rival 2 c1 105 h/105 C The_Courier
charter after 3 cut105 200 - B The_Courier
charter soft 2 c1 105 - B The_Courier
charter reversal 3 cut58 105 - C The_Courier
history s58 h 58
grow s58 64 cut58 cut58 B
history s99 h 99
grow s99 104 cut99 cut99 B
history s105 h 105
grow s105 112 cut105 cut105 B
history soft h 105
grow soft 112 soft soft B
history rev h 58
grow rev 105 cut58 cut58 B
grow rev 108 reversal reversal C
history future h 99
grow future 100 c1 c1 A 36500
dir honest c1 h/1-99 h/99.head
dir newer c1 h/1-110 h/110.head
dir oldest c1 h/1-40 h/40.head
dir fork c1 f/1-125 f/125.head
dir fork-short c1 f/1-70 f/70.head
dir fork-gaps c1 f/1-59 f/61-98 f/100-125 f/125.head
dir fork-spoiled c1 f/1-98 f/99.spoiled f/100-125 f/125.head
dir fork-top c1 g/1-120 g/120.head
dir fork-top-spoiled c1 g/1-98 g/99.spoiled g/100.spoiled g/101-120 g/120.head
dir low c1 low/1-70 low/70.head
dir twins c1 h/1-99 g/99.head
dir settled58 c1 cut58 s58/1-64 s58/64.head
dir settled99 c1 cut99 s99/1-104 s99/104.head
dir settled105 c1 cut105 s105/1-112 s105/112.head
dir gap-in-charters c1 after s105/1-112 s105/112.head
dir rivals c1 rival h/1-105 h/105.head
dir settled-later c1 cut105 after s105/1-112 s105/112.head
dir soft c1 soft soft/1-112 soft/112.head
dir reversed c1 cut58 reversal rev/1-108 rev/108.head
dir old-with-cut c1 cut99 h/1-40 h/40.head
dir thief-after-cut c1 cut99 g/1-120 g/120.head
dir confirmed c1 cut105 h/1-105 h/105.head
dir future c1 future/1-100 future/100.head
pack twice.mimeo c1 h/1-99 g/99
pack twice-spoiled.mimeo c1 h/1-99 g/99.spoiled
charter two 2 c1 200 - A The_Courier
charter three 2 c1 200 - A The_Carrier
pack charters-twice.mimeo c1 two three h/1-99
pack by-hand.mimeo c1 h/99.head g/99.head
pack by-hand-other-order.mimeo c1 g/99.head h/99.head
pack same-twice.mimeo c1 h/99.head h/99.head
pack not-one.mimeo c1 h/98.head h/99.head
pack far-apart.mimeo c1 h/60.head f/99.head
pack spoiled.mimeo c1 h/99.head g/99.head.spoiled
pack no-charter.mimeo h/99.head g/99.head
pack withdrawn.mimeo c1 soft h/99.head g/99.head
pack three.mimeo c1 h/99.head g/99.head f/99.head
pack charters.mimeo c1 cut105 rival
pack charters-same.mimeo c1 cut105 cut105
pack no-proof.mimeo c1 h/99.head
EOF
publisher=$(mimeo head honest --json | jq -r .publisher)

# A reader in a library of its own, who has verified a mirror.
reader() { # NAME MIRROR [trust add's options]
    MIMEO_LIBRARY=$work/libraries/$1
    seen=$2
    shift 2
    if [ $# -eq 0 ]; then set -- "$publisher"; else set -- "$seen" "$@"; fi
    mimeo -q trust add "$@" --petname courier >/dev/null 2>&1 || fault "trust add $*"
    mimeo -q status "$seen" >/dev/null 2>&1 || fault "$seen is not taken"
}
known() { mimeo trust show courier --json | jq .head_seq; }
proofs() { find "$MIMEO_LIBRARY/trust" -path '*/conflict/*' -type f 2>/dev/null | wc -l; }
# The only proof kept, written out, and checked by somebody who has pinned nobody.
third_person() { # WHAT KIND
    rm -f handed.mimeo
    expect 0 '' mimeo trust proof courier -o handed.mimeo
    ours=$MIMEO_LIBRARY
    MIMEO_LIBRARY=$work/libraries/nobody
    expect 7 'the proof holds' mimeo verify handed.mimeo
    is "the proof of $1" "$(mimeo verify handed.mimeo --json | jq -r .proof)" "$2"
    [ ! -e "$MIMEO_LIBRARY" ] || fault "$1: checking a proof leaves a trace"
    MIMEO_LIBRARY=$ours
}

# ---- two histories ----

# Hold 99, fork at 60, serve 125: the mirror shows its own 99.
reader two honest
expect 7 'conflicted' mimeo status fork
is 'the head that is known' "$(known)" 99
third_person 'the fork' bundles
expect 7 'two different bundles 99' mimeo verify handed.mimeo
# From then on it is said on each screen, and reading goes on.
expect 7 'conflicted' mimeo status honest
expect 7 'conflicted' mimeo verify honest
expect 0 'conflicted' mimeo list honest
expect 0 'conflicted' mimeo read -C honest a-99-h
expect 7 'conflicted' mimeo head honest
expect 0 'stands' mimeo trust proofs
expect 0 'stands' mimeo trust proofs courier
is 'what the pin says' "$(mimeo trust show courier --json | jq .conflicted)" true
# And the head goes on, along the history that was seen first.
expect 7 'conflicted' mimeo status newer
is 'the head that is known' "$(known)" 110
# What only the fork leads to is not shown as merely not joined.
is 'articles of the fork at and above what was verified' \
    "$(mimeo -q list fork --json | jq -r 'select(.seq >= 110) | .id' | wc -l)" 0
is 'what is shown of the fork as joined' "$(mimeo -q list fork --json | jq -r 'select(.joined and .seq >= 60) | .id' | wc -l)" 0

# The rival is withheld: only a link names it.
reader gaps honest
expect 7 'conflicted' mimeo status fork-gaps
third_person 'the fork with gaps' link
# Or its signature is spoiled, so that it proves nothing by itself.
reader spoiled honest
expect 7 'conflicted' mimeo status fork-spoiled
third_person 'the fork with a spoiled bundle' link
# Where the one that names it is spoiled too, the conflict is seen, and there is no proof.
reader spoiled-both honest
expect 7 'conflicted' mimeo status fork-top-spoiled
grep -q 'nothing here proves' out err || mimeo -C fork-top-spoiled list 2>&1 >/dev/null | grep -q 'nothing here proves' ||
    fault 'nothing is said of the proof that is lacking'
is 'proofs without good signatures' "$(proofs)" 0
expect 0 '' mimeo status honest

# The other history is shorter than what is known.
reader short honest
expect 7 'conflicted' mimeo status twins
third_person 'the other head file' bundles
reader lower newer
cp -R newer shelf
rm -rf shelf/bundles shelf/head && cp -R low/bundles low/head shelf
expect 7 '' mimeo status shelf
is 'the head that is known' "$(known)" 110

# In one mirror, in one pack; a signature that is wrong is damage and no conflict.
reader twins oldest
expect 7 'conflicted' mimeo status twins
third_person 'two in one mirror' bundles
reader pack oldest
expect 7 'conflicted' mimeo verify twice.mimeo
third_person 'two in one pack' bundles
reader pack-spoiled oldest
expect 4 'damaged' mimeo verify twice-spoiled.mimeo
is 'proofs of what is spoiled' "$(proofs)" 0

# Taken at first use is no other than verified; unpinned leaves nothing.
reader first honest --first-use
expect 7 'conflicted' mimeo status fork
third_person 'the fork, at first use' bundles
MIMEO_LIBRARY=$work/libraries/stranger
for at in honest fork twins twice.mimeo charters-twice.mimeo by-hand.mimeo charters.mimeo; do mimeo verify "$at" >/dev/null 2>&1; done
[ ! -e "$MIMEO_LIBRARY" ] || fault 'a stranger leaves a trace'

# ---- what settles it ----

# The cut is above the fork, and keeps what was seen first.
reader settle newer
expect 7 'conflicted' mimeo status fork
expect 0 'good' mimeo verify settled105
is 'the head that is known' "$(known)" 112
is 'proofs that are kept' "$(proofs)" 1
expect 0 'settled' mimeo trust proofs
is 'what the pin says, once it is settled' "$(mimeo trust show courier --json | jq .conflicted)" false
third_person 'what is settled' bundles
expect 0 'settled' mimeo verify handed.mimeo
# What the thief signs with the old key says no more than that it is withdrawn.
mimeo status fork >out 2>&1 && fault 'a withdrawn key passes'
grep -q conflicted out && fault 'a withdrawn key raises a conflict'
is 'proofs, after the old key signed again' "$(proofs)" 1

# The reader had seen the thief's history first, up to its 125, to its 99, to the very seq of the cut.
for case in 'fork settled58 64' 'fork settled99 104' 'fork-top settled105 112' 'low settled99 104'; do
    # shellcheck disable=SC2086 # three words
    set -- $case
    reader "thief-$1-$2" "$1"
    expect 0 'good' mimeo verify "$2"
    is "the head that is known, $1 then $2" "$(known)" "$3"
done
"$tool" <<'EOF' || fault 'more histories cannot be made'
charter c1 1 - 0 - A The_Courier
history h
grow h 99 c1 c1 A
history g h 98
grow g 99 c1 c1 A
charter cut99 2 c1 99 h/99 B The_Courier
history s h 99
grow s 104 cut99 cut99 B
dir at-the-cut c1 g/1-99 g/99.head
dir beyond c1 cut99 s/1-104 s/104.head
EOF
reader at-the-cut at-the-cut
expect 0 'good' mimeo verify beyond
is 'the head that is known' "$(known)" 104
# A planned rotation came after the cut.
reader reversed fork
expect 0 'good' mimeo verify reversed
is 'the head that is known' "$(known)" 108
# Bundles beyond the cut are withheld: its H is a head.
reader confirmed fork-top
expect 0 'good' mimeo status confirmed
is 'the head that is known' "$(known)" 105

# ---- charters ----

# A charter is remembered from a mirror that is worth nothing else, and then counts.
reader learn honest
mimeo status old-with-cut >/dev/null 2>&1 && fault 'an old copy passes'
is 'the charter that is known' "$(find "$MIMEO_LIBRARY/trust" -name 000002 | wc -l)" 1
mimeo status fork-top >out 2>&1 && fault 'a cut was lost'
grep -q 'conflicted' out && fault 'a cut key raises a conflict'
is 'the head that is known' "$(known)" 99
reader learn-fork honest
mimeo status thief-after-cut >/dev/null 2>&1 && fault 'a thief goes on after a cut'
is 'the head that is known' "$(known)" 99
# Withheld from one who knows it.
reader withheld settled99
expect 7 '' mimeo status honest
mimeo status fork-top >/dev/null 2>&1 && fault 'a cut is forgotten where it is withheld'
is 'the head that is known' "$(known)" 104
# Spliced: the one between is missing.
reader spliced honest
mimeo status gap-in-charters >/dev/null 2>&1 && fault 'a charter without the one before passes'
is 'the head that is known' "$(known)" 99

# Two charters of one version: nothing later is believed, for ever.
reader charters settled105
expect 7 'two different charters 2' mimeo status rivals
is 'the head that is known' "$(known)" 112
third_person 'two charters' charters
expect 7 'conflicted' mimeo status settled-later
expect 7 'charters' mimeo status settled105
expect 7 '' mimeo verify settled-later
grep -q 'Charter: *3' out && fault 'a charter is believed after a fork of charters'
reader charters-pack oldest
expect 7 'conflicted' mimeo verify charters-twice.mimeo
third_person 'two charters in one pack' charters
# By a file that somebody else hands over.
reader told settled105
expect 7 'two different charters 2' mimeo verify charters.mimeo
expect 7 'charters' mimeo status settled105

# A charter that was contested before this reader saw it is not learned from the proof.
reader contested oldest
expect 7 'two different charters 2' mimeo verify charters.mimeo
is 'the charters that are known' "$(find "$MIMEO_LIBRARY/trust" -path '*/charter/*' | wc -l)" 1
mimeo status settled105 >/dev/null 2>&1 && fault 'one of two charters is believed'
# A link is nobody's signature: where it says another thing, that is told, and proves nothing.
MIMEO_LIBRARY=$work/libraries/link
mimeo -q trust add "$(mimeo -q --library elsewhere head honest --link 2>/dev/null)" --petname courier >/dev/null
expect 7 'than the link says' mimeo status fork-top
is 'proofs by a link' "$(proofs)" 0
expect 0 '' mimeo status honest

# ---- dates and numbers far ahead ----
reader future honest
expect 0 'still to come' mimeo status future
"$tool" <<'EOF' || fault 'a farther history cannot be made'
charter c1 1 - 0 - A The_Courier
history h
grow h 99 c1 c1 A
dir planned c1 h/1-99 h/99.head
charter c2 2 c1 999999999999 - B The_Courier
dir far c1 c2 h/1-99 h/99.head
lone last.mimeo 999999999999 c1 A
lone before-last.mimeo 999999999998 c1 A
EOF
reader far planned
mimeo status far >out 2>&1
[ $? -le 10 ] || fault 'a charter of the last seq'
# The last number that there is, with links to nowhere: no head for whoever knows one, and no end to who does not.
reader last honest
expect 8 'unjoined' mimeo status last.mimeo
is 'the head that is known' "$(known)" 99
cat last.mimeo before-last.mimeo >both.mimeo
expect 8 'unjoined' mimeo verify both.mimeo
MIMEO_LIBRARY=$work/libraries/taken-in
mimeo -q trust add "$publisher" --petname courier >/dev/null
expect 0 '' mimeo status last.mimeo
is 'the head that is known' "$(known)" 999999999999
expect 7 'an old copy' mimeo status honest
expect 0 'good' mimeo verify settled99
is 'the head that is known, after a cut' "$(known)" 104

# ---- keys that were rotated out, without a cut ----
reader rotated newer
expect 7 '' mimeo status soft
is 'the head that is known' "$(known)" 110
is 'proofs by a withdrawn key' "$(proofs)" 0
reader rotating honest
expect 0 'good' mimeo verify soft
is 'the head that is known' "$(known)" 112
mimeo status fork-top >out 2>&1 && fault 'a key that was rotated out passes'
grep -q 'conflicted' out && fault 'a key that was rotated out raises a conflict'
is 'proofs by a key that was rotated out' "$(proofs)" 0

# ---- what is not joined ----
"$tool" <<'EOF' || fault 'the forger cannot be made'
charter c1 1 - 0 - A The_Courier
history h
grow h 99 c1 c1 A
history t h 3
grow t 97 c1 c1 A
grow h 400 c1 c1 A
dir sly c1 h/99 h/99.head t/30-60
dir far-ahead c1 h/1-99 h/99.head h/350-360
EOF
reader sly honest
is 'what a thief put below the head is labelled' "$(mimeo -q list sly --json | jq -r 'select(.joined) | .seq' | sort -u | tr '\n' ' ')" '99 '
# An article far ahead, with no path, replaces nothing.
reader ahead honest
is 'the article that each bundle revises' "$(mimeo -q list far-ahead --json | jq -r 'select(.id == "common") | .seq')" 99
is 'the same, read' "$(mimeo -q read -C far-ahead common --json | jq -r .seq)" 99
is 'what is far ahead and labelled' "$(mimeo -q list far-ahead --json | jq -r 'select(.joined | not) | .seq' | wc -l)" 11

# ---- proofs that were handed over ----
MIMEO_LIBRARY=$work/libraries/checker
mimeo verify by-hand.mimeo >/dev/null 2>&1
one=$?
mimeo verify by-hand-other-order.mimeo >/dev/null 2>&1
is 'one pair in both orders: a proof has one spelling' "$(printf '%s\n' $one $? | sort -n | tr '\n' ' ')" '7 10 '
for no in same-twice not-one far-apart no-charter withdrawn three; do
    expect 10 'proves nothing' mimeo verify $no.mimeo
done
expect 10 'proves nothing' mimeo verify charters-same.mimeo
mimeo verify spoiled.mimeo >out 2>&1
[ $? -eq 4 ] || grep -q 'proves nothing' out || fault 'a spoiled proof is not told'
mimeo verify no-proof.mimeo >out 2>&1
grep -q 'proof' out && fault 'a head alone is taken for a proof'
good=by-hand.mimeo
mimeo verify "$good" >/dev/null 2>&1
[ $? -eq 7 ] || good=by-hand-other-order.mimeo
size=$(wc -c <"$good")
head -c $((size - 5)) "$good" >cut.mimeo
expect 10 'cut off' mimeo verify cut.mimeo
{ cat "$good"; printf x; } >longer.mimeo
expect 10 '' mimeo verify longer.mimeo
expect 7 'compare the fingerprint' mimeo verify "$good"
# A pinned reader keeps what was handed over, and says so from then on.
reader handed honest
expect 7 'bundles 99' mimeo verify "$good"
is 'proofs kept' "$(proofs)" 1
expect 7 'conflicted' mimeo status honest
expect 7 '' mimeo verify "$good"
is 'proofs kept of the same' "$(proofs)" 1
is 'the id' "$(mimeo trust proofs --json | jq -r .id)" "$(mimeo verify "$good" --json | jq -r .id)"
expect 1 'is there already' mimeo trust proof courier -o "$good"
expect 1 'no such proof' mimeo trust proof courier ffffffffff
expect 1 '' mimeo trust proof nobody
# Files that are no proofs are counted and do no harm; a pin that is damaged is never "not pinned".
dir=$MIMEO_LIBRARY/trust/$publisher
reader older honest
dir=$MIMEO_LIBRARY/trust/$publisher
mkdir "$dir/conflict"
cat honest/head fork/head >"$dir/conflict/$publisher"
expect 0 'good' mimeo status honest
expect 0 'older form' mimeo trust proofs
is 'conflicts' "$(mimeo trust show courier --json | jq .conflicts)" 1
cp fork/head "$dir/head"
sed -i 's/^mimeo bundle 1$/mimeo bundle 1/; s/^time .*/time 2026-11-30T00:00:00Z/' "$dir/head"
expect 10 'damaged' mimeo status honest
cp honest/head "$dir/head"
expect 0 'good' mimeo status honest
printf x >>"$dir/pin"
expect 10 'damaged' mimeo status honest
expect 10 'damaged' mimeo verify honest

# ---- a flood ----
{
    echo 'charter c1 1 - 0 - A The_Courier'
    echo 'history h'
    echo 'grow h 120 c1 c1 A'
    echo 'history f'
    echo 'grow f 120 c1 c1 A 1'
    for n in $(seq 1 120); do echo "pack flood/$n.mimeo c1 h/$n f/$n"; done
    echo 'charter cut 2 c1 119 h/119 B The_Courier'
    echo 'history a h 119'
    echo 'grow a 122 cut cut B'
    echo 'history b h 119'
    echo 'grow b 122 cut cut B 1'
    echo 'dir after-flood c1 cut a/1-122 a/122.head'
    echo 'dir after-flood-fork c1 cut b/1-122 b/122.head'
} | "$tool" || fault 'no flood'
MIMEO_LIBRARY=$work/libraries/flood
mimeo -q trust add "$publisher" --petname courier >/dev/null
for n in $(seq 1 120); do mimeo -q verify "flood/$n.mimeo" >/dev/null 2>&1; done
is 'proofs kept of a flood' "$(proofs)" 100
# When a cut has settled all of them, there is room for one that counts.
expect 0 'good' mimeo verify after-flood
expect 7 'conflicted' mimeo status after-flood-fork
is 'proofs kept after a flood' "$(proofs)" 100
is 'of these, those that stand' "$(mimeo trust proofs | grep -c stands)" 1
expect 7 'conflicted' mimeo status after-flood

# ---- cards ----
MIMEO_LIBRARY=$work/libraries/cards
card=$(mimeo -q head honest)
expect 0 'the same head' mimeo head -C honest compare "$card"
# shellcheck disable=SC2086 # as it comes from a shell without quotes
expect 0 'the same head' mimeo head -C honest compare $card
printf '%s' "$card" >card.txt
expect 0 'the same head' mimeo head -C honest compare card.txt
fold -w 20 card.txt | sed 's/$/\r/' >folded.txt
sed 's/ /\xc2\xa0/g; s/^/\xe2\x80\x8b/' card.txt >spaced.txt
# In a library the card says whose head is meant.
expect 0 '' mimeo --library held clone honest
for form in card folded spaced; do
    expect 0 'the same head' mimeo --library held head compare "$form.txt"
done
is 'the card of the library' "$(mimeo --library held head 2>/dev/null)" "$(mimeo head honest 2>/dev/null)"
expect 10 'this is no card' mimeo --library held head compare mimeo head here
expect 1 'library is empty' mimeo --library nothing head compare card.txt
# shellcheck disable=SC2317 # called by expect
from_stdin() { mimeo head -C honest compare - <"$1"; }
expect 0 'the same head' from_stdin folded.txt
expect 0 'the same head' from_stdin spaced.txt
expect 0 'older' mimeo head -C newer compare "$card"
expect 8 'newer' mimeo head -C oldest compare "$card"
expect 7 'two histories' mimeo head -C fork-top compare "$card"
expect 7 'two histories' mimeo head -C fork compare "$card"
rm -rf few && mkdir few && cp -R newer/charter newer/README.md newer/.gitattributes newer/head few
expect 8 'does not tell' mimeo head -C few compare "$(mimeo -q head oldest)"
is 'the comparison in JSON' "$(mimeo head -C newer compare "$card" --json | jq -r .comparison)" older
expect 10 '' mimeo head -C honest compare "$(printf '%s' "$card" | cut -c 1-90)"
expect 10 '' mimeo head -C honest compare "$(printf '%s' "$card" | tr 'abcdef' 'ABCDEF')"
expect 10 'another time' mimeo head -C honest compare "$(printf '%s' "$card" | sed 's/Z$//; s/.$/9Z/')"
expect 1 '' mimeo head -C honest compare no-such-file
expect 10 '' mimeo head -C honest compare honest/head
expect 2 'wants a card' mimeo head -C honest compare
expect 2 'another publisher' mimeo head -C honest compare "$(printf '%s' "$card" | sed 's/head ..../head 0000/')"
mimeo head honest --qr >qr 2>/dev/null && fault 'nobody vouched, and nothing is said'
mimeo head honest --link --qr >qr-link 2>/dev/null
{ [ -s qr ] && [ -s qr-link ]; } || fault 'no QR codes'
cmp -s qr qr-link && fault 'the QR codes of card and link are the same'
done_testing
