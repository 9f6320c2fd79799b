#!/bin/sh
# The reader's library: taking mirrors in, listing and reading several publishers, the catalog in every state,
# erasure, cuts, kills.  tests/tools/take_tool does what a sync does once a mirror is at hand.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
need git jq
take="$MIMEO_BUILD_DIR/tests/take_tool"
[ -x "$take" ] || skip 'take_tool is not built'
take() { timeout 120 "$take" "$@"; }
library=$MIMEO_LIBRARY
id_of() { "$MIMEO" --library "$1.library" status "$1" --json | jq -r .publisher; }
ids() { mimeo list "$@" 2>/dev/null | cut -f2 | sort | tr '\n' ' '; }

# ---- an empty library ----
expect 0 'the library is empty' mimeo list
expect 0 'the library is empty' mimeo status
expect 0 'the library is empty' mimeo library
expect 1 'mimeo clone' mimeo read anything
expect 1 'mimeo clone' mimeo verify
expect 0 '' mimeo -q list
is 'what an empty library says to programs' "$(cat out)" ''
[ ! -e "$library" ] || fault 'looking at an empty library made it'

mkdir -p "$library/publishers/$(printf %064d 1)"
expect 0 'the library is empty' mimeo list
rm -r "$library"

# ---- taking in, again and again ----
make_publisher press 'The Press'
make_publisher gazette 'The Gazette'
for n in 1 2 3; do
    article "$n" | publish press - || fault "publish $n"
done
expect 0 'bundles 4 media 0' take --petname press press "$library"
expect 0 'bundles 0 media 0 dictionaries 0 charters 0 erased 0 replaced 0 faults 0' take press "$library"
held=$library/publishers/$(id_of press)
expect 0 'good' mimeo --library press.library verify --deep "$held"
expect 0 'taken at first use' mimeo verify
is 'list' "$(ids)" 'a-1 a-2 a-3 '
expect 0 'Text of article 2' mimeo read a-2
expect 0 'never compared' mimeo read a-2
expect 2 'several articles begin' mimeo read a-
expect 1 'no article' mimeo read b
expect 0 '"petname":"press"' mimeo read a-2 --json
is 'publisher in JSON' "$(mimeo list --json 2>/dev/null | jq -r .publisher | sort -u)" "$(id_of press)"
article 4 | publish press -
expect 0 'bundles 1 ' take press "$library"
is 'what is new' "$(ids --new)" 'a-4 '
take press "$library" >out
is 'what was new stays so until something comes' "$(ids --new)" 'a-4 '
is 'the files' "$(cd press && find . -path ./.git -prune -o -type f -exec b2sum {} + | sort)" \
    "$(cd "$held" && find . -type f -exec b2sum {} + | sort)"
is 'modes' "$(find "$library" -type f ! -perm 0600 ! -name 'catalog.sqlite-*' | wc -l)" 0
is 'modes of directories' "$(find "$library" -type d ! -perm 0700 | wc -l)" 0
expect 2 'several articles' mimeo read a
expect 2 'not about a mirror' mimeo -C press list --new

# ---- two publishers, one id ----
article 4 'The same id' | publish gazette -
printf '{"id":"only-here","title":"Only here","published":"2027-01-01T00:00:00Z","section":"Harbour","byline":"Ana Q","lang":"fa","body":"<p>x</p>"}\n' |
    publish gazette -
expect 0 'bundles 3' take --petname gazette gazette "$library"
is 'list of both' "$(ids)" 'a-1 a-2 a-3 a-4 a-4 only-here '
is 'the newest of both' "$(mimeo list --limit 1 2>/dev/null | cut -f2,6)" "$(printf 'only-here\tgazette')"
is 'one publisher' "$(ids --publisher gazette)" 'a-4 only-here '
is 'by its ID' "$(ids --publisher "$(id_of gazette | cut -c 1-8)")" 'a-4 only-here '
is 'by section' "$(ids --section harbour)" 'only-here '
is 'by language' "$(ids --lang fa)" 'only-here '
is 'by author' "$(ids --author 'ana')" 'only-here '
is 'by day' "$(ids --since 2026-12-31)" 'only-here '
is 'before a day' "$(ids --until 2026-11-04)" 'a-1 a-2 '
expect 2 'several publishers have' mimeo read a-4
expect 0 'The same id' mimeo read a-4 --publisher gazette
expect 0 'Text of article 4' mimeo read a-4 --publisher press
expect 0 'x' mimeo read only
expect 1 "nothing of 'nobody'" mimeo read a-4 --publisher nobody
expect 2 'does not go with' mimeo -C press read a-4 --publisher press
is 'an object a publisher' "$(mimeo status --json | jq -r .petname | tr '\n' ' ')" 'gazette press '
is 'verdicts' "$(mimeo verify --json | jq -r .verdict | tr '\n' ' ')" 'first-use first-use '
expect 0 '1 bundle,' mimeo verify only-here
expect 2 'name one with --publisher' mimeo verify 2
expect 0 '1 bundle,' mimeo verify --publisher press 2
is 'publishers in the library' "$(mimeo library --json | jq -s length)" 3
expect 0 '"publisher"' mimeo --library "$library" read only --json --publisher gazette
# In a mirror's own directory that mirror is meant; -C too.
is 'inside of a mirror' "$(cd press && mimeo list 2>/dev/null | cut -f2 | sort | tr '\n' ' ')" 'a-1 a-2 a-3 a-4 '
git init -q -b main elsewhere
git -C elsewhere -c user.name=x -c user.email=x@x.invalid commit -q --allow-empty -m x
is 'inside of some other repository' "$(cd elsewhere && mimeo list 2>/dev/null | wc -l)" 6
mkdir stick
expect 2 "another publisher's" take --into "$library/publishers/$(id_of gazette)" press "$library"
echo x >stick/other
expect 2 'holds other files' take --into stick press "$library"
expect 2 'git repository' take --into gazette press "$library"
rm stick/other
expect 0 'bundles 5' take --into stick press "$library"
expect 0 'bundles 0' take --into stick stick "$library"

# ---- the catalog, in every state ----
catalog=$library/catalog.sqlite
all=$(ids)
same_list() { is "$1" "$(ids)" "$all"; expect 0 'Text of article 2' mimeo read a-2; }
rm -f "$catalog" "$catalog"-*
same_list 'without a catalog'
[ -s "$catalog" ] || fault 'the catalog was not made again'
head -c 8192 /dev/urandom >"$catalog"
same_list 'with noise for a catalog'
is 'the mode of one made again' "$(stat -c %a "$catalog")" 600
size=$(stat -c %s "$catalog")
dd if=/dev/urandom of="$catalog" bs=1 seek=$((size / 2)) count=4000 conv=notrunc 2>/dev/null
same_list 'with a damaged catalog'
rm -f "$catalog"-*
dd if=/dev/urandom of="$catalog" bs=1 seek=4096 count=$((size - 4096)) conv=notrunc 2>/dev/null
same_list 'with a catalog of which the first page alone is whole'
is 'the catalog after that' "$(head -c 15 "$catalog")" 'SQLite format 3'
: >"$catalog"
same_list 'with an empty catalog'
expect 0 '6 articles' mimeo library rebuild
same_list 'rebuilt'
# A catalog that lags: taken in without it.
cp "$catalog" before.sqlite
article 5 | publish press -
expect 0 'bundles 1' take --no-index press "$library"
all=$(ids)
is 'behind' "$all" 'a-1 a-2 a-3 a-4 a-4 a-5 only-here '
cp before.sqlite "$catalog"
same_list 'an old catalog put back'
# One that points elsewhere.
if command -v sqlite3 >/dev/null 2>&1; then
    sqlite3 "$catalog" "update article set seq=2, back=0 where id='a-3'; update article set id='a-2x' where id='a-2'"
    expect 0 'Text of article 3' mimeo read a-3
    same_list 'repaired'
    sqlite3 "$catalog" "update article set seq=99 where id='a-1'"
    same_list 'repaired while listing'
fi
# One that cannot be written, and one that cannot be had at all.
as_nobody() { # a reader who may look and not touch
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    else
        "$@"
    fi
}
if command -v setpriv >/dev/null 2>&1; then
    chmod a+rx "$work" "$HOME"
    cp -R "$library" readonly
    chmod -R a+rX,a-w readonly
    is 'a library that cannot be written' \
        "$(MIMEO_LIBRARY=$work/readonly as_nobody "$MIMEO" list 2>/dev/null | cut -f2 | sort | tr '\n' ' ')" "$all"
    MIMEO_LIBRARY=$work/readonly as_nobody "$MIMEO" read a-5 >out 2>err || fault 'reading in a library that cannot be written'
    grep -q 'Text of article 5' out || fault 'the text of a library that cannot be written'
    chmod -R u+w readonly
    cp before.sqlite readonly/catalog.sqlite
    rm -f readonly/catalog.sqlite-*
    chmod -R a+rX,a-w readonly
    is 'a lagging catalog that cannot be written' \
        "$(MIMEO_LIBRARY=$work/readonly as_nobody "$MIMEO" list 2>/dev/null | cut -f2 | sort | tr '\n' ' ')" "$all"
    chmod -R u+w readonly
    rm -f readonly/catalog.sqlite*
    chmod -R a+rX,a-w readonly
    is 'no catalog, and none can be made' \
        "$(MIMEO_LIBRARY=$work/readonly as_nobody "$MIMEO" list 2>/dev/null | cut -f2 | sort | tr '\n' ' ')" "$all"
    chmod -R u+w readonly
fi

# ---- gaps, and damage on the way ----
for n in 6 7 8; do
    article "$n" | publish press -
done
cp -R press gap
rm -rf gap/.git gap/bundles/00/00/07.mimeo
expect 0 'bundles 2 ' take gap "$library"
expect 8 'get the ones between' mimeo verify --publisher press
expect 0 'Text of article 8' mimeo read a-8
expect 1 'no article' mimeo read a-6
cp -R press bad
rm -rf bad/.git
printf X | dd of=bad/bundles/00/00/07.mimeo bs=1 seek=2000 conv=notrunc 2>/dev/null
expect 0 'bundles 0 media 0 dictionaries 0 charters 0 erased 0 replaced 0 faults 1' take bad "$library"
grep -q '^fault: damaged: bundles/00/00/07.mimeo' err || fault 'the damaged bundle is not named'
expect 0 'bundles 1 ' take press "$library"
expect 0 'first-use' mimeo verify --publisher press
expect 0 'Text of article 6' mimeo read a-6
# What is held is damaged: checked where asked, and a good copy takes its place.
printf X | dd of="$held/bundles/00/00/05.mimeo" bs=1 seek=2000 conv=notrunc 2>/dev/null
rm "$catalog"
expect 4 '05.mimeo' mimeo verify --publisher press
expect 0 'bundles 1 ' take --check press "$library"
expect 0 'first-use' mimeo verify --publisher press
expect 0 'Text of article 4' mimeo read a-4 --publisher press

# Zeros that nobody ordered are damage too.
size=$(stat -c %s "$held/bundles/00/00/05.mimeo")
dd if=/dev/zero of="$held/bundles/00/00/05.mimeo" bs=1 seek=$((size - 60)) count=60 conv=notrunc 2>/dev/null
expect 4 '05.mimeo' mimeo verify --publisher press
expect 0 'bundles 1 ' take --check press "$library"
expect 0 'first-use' mimeo verify --publisher press

# ---- erasure ----
printf '{"id":"victim","title":"A name that must go","byline":"Victim Victimson","published":"2026-11-20T00:00:00Z","text":"%s"}\n' \
    'words about victimsecret' >victim.jsonl
publish press victim.jsonl --sensitive >out 2>err || fault 'publish the victim'
take press "$library" >out
expect 0 'victimsecret' mimeo read victim
is 'by the author to be' "$(ids --author victimson)" 'victim '
victims=bundles/00/00/$(printf %02d "$(mimeo read victim --json 2>/dev/null | jq .seq)").mimeo
cp -R press old
rm -rf old/.git
article 9 | publish press -
timeout 60 "$MIMEO" -q --library press.library retract -C press --key press.key --erase --yes victim >out 2>err ||
    fault 'retract the victim'
article 10 | publish press -
# The first bytes that were made zero, to be looked for on the disk.
at=$(cmp -l "old/$victims" "press/$victims" | awk 'NR == 1 { print $1 - 1 }')
[ -n "$at" ] || fault 'nothing was erased at the publisher'
secret=$(dd if="old/$victims" bs=1 skip="$at" count=24 2>/dev/null | od -An -v -tx1 | tr -d ' \n')
on_disk() { # DIR: files that have them
    find "$1" -type f | while read -r file; do
        ! od -An -v -tx1 "$file" | tr -d ' \n' | grep -q "$secret" || echo "$file"
    done
}
[ -n "$(on_disk "$library")" ] || fault 'the text is not looked for rightly'
expect 0 'bundles 3 media 0 dictionaries 0 charters 0 erased 2 ' take press "$library"
is 'the text on the disk' "$(on_disk "$library")" ''
is 'the byline in the catalog' "$(grep -la Victimson "$catalog" "$catalog"-* 2>/dev/null)" ''
expect 0 'erased by bundle' mimeo verify --publisher press
expect 0 'Retracted' mimeo read victim
is 'the erased bundle' "$(b2sum <"$held/$victims")" "$(b2sum <"press/$victims")"
# An old stick, which still has the text, brings nothing back: not into what is held …
expect 0 'bundles 0 ' take old "$library"
is 'the text after the old stick' "$(on_disk "$library")" ''
# … not where that bundle is missing …
rm "$held/$victims"
expect 0 'bundles 1 media 0 dictionaries 0 charters 0 erased 2 ' take old "$library"
is 'the text after the gap was filled from the old stick' "$(on_disk "$library")" ''
expect 0 'erased by bundle' mimeo verify --publisher press
expect 0 'Retracted' mimeo read victim
# … and not where all comes at once, the order from one and the text from the other.
cp -R press mixed
rm -rf mixed/.git
cp "old/$victims" "mixed/$victims"
expect 0 'erased 2 ' take mixed second
is 'the text in a library that began with the old copy' "$(on_disk second)" ''
expect 0 'erased by bundle' mimeo --library second verify
# Cut short between the two: it cannot be told yet, and that is said.
cp -R second short
shortheld=short/publishers/$(id_of press)
find "$shortheld/bundles" -name '*.mimeo' | sort | sed -n "/${victims##*/}\$/,\$p" | tail -n +2 | xargs rm
rm -r short/trust/*/head
cp gap/head "$shortheld/head"
expect 8 'still to come, or damaged' mimeo --library short verify
expect 0 'erased 0 ' take press short
expect 0 'erased by bundle' mimeo --library short verify
# Zeros that nobody ordered are damage, and are not taken.
cp -R press zeroed
rm -rf zeroed/.git
dd if=/dev/zero of=zeroed/bundles/00/00/02.mimeo bs=1 seek=$(($(stat -c %s press/bundles/00/00/02.mimeo) - 20)) count=20 conv=notrunc 2>/dev/null
expect 0 'faults 1' take zeroed third
# A run that was cut short before it came to erase: the next one does.
cp -R "$library" cut
cutheld=cut/publishers/$(id_of press)
cp "old/$victims" "$cutheld/$victims"
cp old/head "$cutheld/head"
[ -n "$(on_disk cut)" ] || fault 'the cut library has no text'
expect 0 'bundles 0 media 0 dictionaries 0 charters 0 erased 2 ' take press cut
is 'the text after the next run' "$(on_disk cut)" ''
is 'the byline in its catalog' "$(grep -la Victimson cut/catalog.sqlite* 2>/dev/null)" ''
expect 0 'erased by bundle' mimeo --library cut verify --publisher press

# ---- pictures ----
make_publisher album 'The Album'
cp -R "$MIMEO_SOURCE_DIR/tools/sample" edition
rm edition/README.md edition/draw-pictures
publish album edition >out 2>err || fault 'publish the album'
pictures() { (cd "$1" && find media -type f 2>/dev/null | sort); }
all_pictures=$(pictures album)
count=$(printf '%s\n' "$all_pictures" | wc -l)
[ "$count" -ge 2 ] || fault 'the sample has no pictures'
shelf=shelf/publishers/$(id_of album)
expect 0 'media 0 ' take --no-media album shelf
is 'pictures that were not wanted' "$(pictures "$shelf")" ''
illustrated=$(mimeo --library shelf list --json 2>/dev/null | jq -r 'select(.media) | .id' | head -1)
expect 1 'not held' mimeo --library shelf read --picture 1 -o picture.out "$illustrated"
git clone -q --mirror album album.git
expect 0 "media $count " take album.git shelf
is 'pictures from a bare clone' "$(pictures "$shelf")" "$all_pictures"
expect 0 '' mimeo --library shelf read --picture 1 -o picture.out "$illustrated"
expect 0 'first-use' mimeo --library shelf verify
# A stranger's pictures stay outside, a damaged one is told of.
cp -R album stuffed
rm -rf stuffed/.git
junk=$(echo junk | b2sum -l 256 | cut -d' ' -f1)
echo junk >"stuffed/media/00/00/02/$junk"
spoilt=$(printf '%s\n' "$all_pictures" | head -1)
printf X | dd of="stuffed/$spoilt" bs=1 seek=20 conv=notrunc 2>/dev/null
expect 0 "media $((count - 1)) dictionaries 0 charters 1 erased 0 replaced 0 faults 1" take stuffed other-shelf
grep -q "$spoilt" err || fault 'the damaged picture is not named'
is 'pictures from a stuffed copy' "$(pictures "other-shelf/publishers/$(id_of album)")" "$(printf '%s\n' "$all_pictures" | tail -n +2)"
# At a bundle that does not cite it, it is not believed to belong there.
article 77 | publish album -
cp -R album moved
rm -rf moved/.git
mkdir -p moved/media/00/00/03
mv "moved/$spoilt" moved/media/00/00/03/
expect 0 'media 0 ' take moved other-shelf
expect 0 'media 1 ' take album other-shelf
is 'pictures in their places' "$(pictures "other-shelf/publishers/$(id_of album)")" "$all_pictures"

# ---- a fork: the first seen stays ----
cp -R press fork
cp -R press.library fork.library
cp press.key fork.key
for journal in press.key?*; do
    [ ! -e "$journal" ] || cp "$journal" "fork.key${journal#press.key}"
done
article 11 'Mine' | publish press -
article 11 'Theirs' | publish fork -
take press "$library" >out
take fork "$library" >out 2>err
grep -q 'another history' err || fault 'the fork is not reported'
expect 0 'Mine' mimeo read a-11
is 'the files are those first seen' "$(b2sum <"$held/head")" "$(b2sum <press/head)"

# ---- killed ----
make_publisher many 'Many'
n=0
while [ "$n" -lt 40 ]; do
    n=$((n + 1))
    article "$n" | publish many - || fault "publish many $n"
done
whole_run take take many whole
round=0 status=0
while [ "$round" -lt 25 ]; do
    round=$((round + 1))
    # One that ended leaves nothing to do.
    { [ "$status" -eq 137 ] && [ $((round % 8)) -ne 1 ]; } || rm -rf killed
    killed_run take "$take" many killed
    if [ -e "killed/publishers/$(id_of many)/head" ]; then
        mimeo --library killed verify >out 2>err || {
            fault "round $round: verify is not clean after a kill"
            cat out err
        }
        mimeo --library killed list >out 2>err || fault "round $round: list after a kill"
        is "round $round: articles and bundles" "$(wc -l <out)" \
            "$(($(find killed/publishers -name '*.mimeo' | wc -l) - 1))"
    fi
done
take many killed >out || fault 'the next run does not complete'
is 'articles after all kills' "$(mimeo --library killed list 2>/dev/null | wc -l)" 40
is 'temporary files left' "$(find killed -name '.mimeo-tmp*')" ''
killed_often

# ---- a full disk ----
mkdir small
if mount -t tmpfs -o size=120k tmpfs small 2>/dev/null; then
    trap 'umount small; rm -rf "$work"' EXIT
    expect 1 'disk is full' take --no-index many small/library
    expect 0 'first-use' mimeo --library small/library verify
    [ "$(mimeo --library small/library list 2>/dev/null | wc -l)" -ge 1 ] || fault 'nothing can be read on a full disk'
    mount -o remount,size=8m small
    expect 0 'faults 0' take many small/library
    is 'articles with room again' "$(mimeo --library small/library list 2>/dev/null | wc -l)" 40
    is 'temporary files with room again' "$(find small/library -name '.mimeo-tmp*')" ''
fi

# ---- two at once, and a reader ----
rm -rf both
take many both >out1 2>err1 &
one=$!
take many both >out2 2>err2 &
two=$!
i=0
while [ "$i" -lt 5 ]; do
    i=$((i + 1))
    mimeo --library both list >out 2>err || fault "a reader beside two takings: $(cat err)"
done
wait "$one" || fault "the first of two: $(cat err1)"
wait "$two" || fault "the second of two: $(cat err2)"
is 'bundles taken by both' "$(cat out1 out2 | awk '{ n += $2 } END { print n }')" 41
expect 0 'first-use' mimeo --library both verify
is 'articles of both' "$(mimeo --library both list 2>/dev/null | wc -l)" 40
done_testing
