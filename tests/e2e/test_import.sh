#!/bin/sh
# What was carried by hand goes into the library: packs, parts, mirrors and sticks, of several publishers, in any order; and
# several packs are read as they are.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=packs.sh
. "$(dirname "$0")/packs.sh"
need git python3 jq

make_publisher press
cp -R "$MIMEO_SOURCE_DIR/tools/sample" edition
rm edition/README.md edition/draw-pictures
publish press edition || fault 'the edition'
for n in 1 2 3 4 5; do article "$n" | publish press - || fault "article $n"; done
make_publisher quay 'The Quay Gazette'
for n in 11 12; do article "$n" | publish quay - || fault "article $n"; done
digits=$(mimeo --library press.library status press --json | jq -r .digits)
id=$(mimeo --library press.library status press --json | jq -r .publisher)
last=$(find press/bundles -name '*.mimeo' | wc -l)
make_pack press all.mimeo
make_pack press low.mimeo 1 2 3
make_pack press high.mimeo 4 5 6 7
make_pack quay quay.mimeo

# shellcheck disable=SC2317 # expect calls it
import() { mimeo --library "$@"; } # LIBRARY import …

# ---- a pack ----

expect 0 "$last new bundles, 17 articles, 4 pictures" import one import all.mimeo
expect 0 "Fingerprint: $digits (first-use)" import again import all.mimeo
is 'bundles' "$(held one)" "$last"
is 'pictures' "$(pictures one)" 4
expect 0 'first-use: verified' mimeo --library one verify --deep
is 'listed as new' "$(mimeo --library one list --new 2>/dev/null | wc -l)" 17
expect 0 'nothing new' import one import all.mimeo
is 'listed as new' "$(mimeo --library one list --new 2>/dev/null | wc -l)" 0
expect 0 'nothing new' import one import press
rm -r again

# Of a publisher that is pinned: nothing is said of first use.
expect 0 '' mimeo --library pinned trust add "$(mimeo --library press.library head --link press)" --petname courier
expect 0 'courier: 7 new bundles' import pinned import all.mimeo
grep -q 'first use' out err && fault 'a pinned publisher is first use'
expect 0 'good: verified' mimeo --library pinned verify

# ---- in any order, any number, from anywhere ----

expect 0 "7 new bundles" import order import high.mimeo low.mimeo
expect 0 'first-use: verified' mimeo --library order verify --deep
expect 0 '4 new bundles' import steps import high.mimeo
expect 0 '3 new bundles' import steps import low.mimeo
is 'all in two steps' "$(held steps)" "$last"
expect 0 'first-use: verified' mimeo --library steps verify --deep
is 'what the older pack brought is new' "$(mimeo --library steps list --new 2>/dev/null | wc -l)" 13

mkdir -p stick/a/b stick/.hidden stick/photos
cp high.mimeo stick/a/b/x
cp quay.mimeo stick/a/
cp low.mimeo stick/.hidden/
cp low.mimeo stick/photos.bak
cp -R press stick/mirror
rm -rf stick/mirror/.git
cp edition/*.png edition/*.jpg edition/*.webp stick/photos 2>/dev/null
echo 'milk, eggs' >stick/list.txt
ln -s /etc stick/link
mkdir stick/library && cp -R one/. stick/library/
expect 0 'The Quay Gazette: 3 new bundles, 2 articles' import stick1 import stick
is 'of both publishers' "$(held stick1)" $((last + 3))
grep -q 'list.txt\|photos\|refused' out err && fault 'files that lie there are told of'
is 'the publishers' "$(mimeo --library stick1 status --json 2>/dev/null | wc -l)" 2
expect 0 'first-use: verified' mimeo --library stick1 verify

# cat makes a pack of packs, of two publishers too.
cat quay.mimeo low.mimeo high.mimeo >both.mimeo
expect 0 '7 new bundles' import both import both.mimeo
is 'of both publishers' "$(held both)" $((last + 3))
expect 0 'first-use: verified' mimeo --library both verify --deep
is 'pictures of the one' "$(pictures both)" 4

# A charter in one file, bundles in others that have none.
for seq in 1 2 3; do cp "press/bundles/00/00/0$seq.mimeo" "bare$seq"; done
make_pack press charters.mimeo 7
expect 8 'holds no charter' import alone import bare1 bare2
is 'nothing is kept without a charter' "$(held alone)" 0
expect 0 '4 new bundles' import apart import bare2 charters.mimeo bare1 bare3

# ---- who it is ----

wrong=$(echo "$digits" | tr 0-9 1-90)
expect 4 'none of this is of the publisher with those digits' import wrong import --expect "$wrong" all.mimeo quay.mimeo
[ ! -e wrong/publishers ] || fault 'something was taken of a publisher with other digits'
expect 0 '(verified)' import right import --expect "$digits" quay.mimeo all.mimeo
grep -q 'another publisher than the one that was expected' out || fault 'the other one is not told of'
is 'only that one' "$(ls right/publishers)" "$id"
expect 0 'good: verified' mimeo --library right verify
expect 0 'a publisher that you do not follow' import right import --known quay.mimeo
is 'still only that one' "$(ls right/publishers)" "$id"
expect 0 'Nightly: 3 new bundles' import right import --petname Nightly quay.mimeo
expect 1 'Nightly' import names import --petname Nightly quay.mimeo all.mimeo
is 'one of them' "$(find names/publishers -mindepth 1 -maxdepth 1 | wc -l)" 1
expect 0 '7 new bundles' import text import --no-media all.mimeo
is 'no pictures' "$(pictures text)" 0
expect 0 '4 pictures' import text import all.mimeo

# ---- what is no pack ----

printf 'PK\003\004rest of it' >zip
printf '\377\330\377\340 JFIF' >photo
printf '<!doctype html><title>Blocked</title>' >blocked.html
: >empty
echo 'milk, eggs' >list.txt
printf 'jU1NTw0KGgoBAAAA\n' >base64.txt
expect 10 'is a picture (JPEG)' import none import photo
expect 10 'was it saved from a site that was blocked?' import none import blocked.html
expect 10 'is empty' import none import empty
expect 10 'is a text' import none import list.txt
expect 10 'turned into text (base64)' import none import base64.txt
expect 1 'No such file' import none import nowhere
expect 1 'no pack' import none import edition
[ ! -e none/publishers ] || fault 'something was made of nothing'
expect 10 'not everything here is a pack' import some import photo all.mimeo
is 'what is one was taken' "$(held some)" "$last"
expect 2 'something is missing' import none import

# ---- a zip ----

expect 0 '' mimeo --library press.library -C press export --zip -o week.zip
expect 0 "$last new bundles" import zips import week.zip
expect 0 'first-use: verified' mimeo --library zips verify --deep
expect 0 'first-use: verified' mimeo --library zips verify --deep week.zip
expect 0 'Text of article 4' mimeo --library zips read -C week.zip a-4
mkdir with-zip && cp week.zip zip with-zip
expect 0 "$last new bundles" import zips2 import with-zip
python3 -c "
import zipfile
z = zipfile.ZipFile('deflated.zip', 'w', zipfile.ZIP_DEFLATED); z.write('all.mimeo'); z.close()
z = zipfile.ZipFile('two.zip', 'w'); z.writestr('hello.txt', 'hello'); z.write('low.mimeo'); z.write('high.mimeo'); z.close()
z = zipfile.ZipFile('other.zip', 'w'); z.writestr('hello.txt', 'hello'); z.close()"
expect 0 '7 new bundles' import zips3 import two.zip
expect 10 'whose files are compressed: unpack it first' import none import deflated.zip
expect 10 'with no pack in it' import none import other.zip
expect 10 'cut short or damaged' import none import zip
# Cut short it has lost its list; the first pack in it is there all the same.
head -c $(($(stat -c %s week.zip) - 3000)) week.zip >cut.zip
expect 4 'cut short' import zips4 import cut.zip
[ "$(held zips4)" -ge 4 ] || fault 'a zip that was cut short gives nothing'

# ---- JSON ----

expect 0 '' import json --json import all.mimeo
is 'JSON' "$(jq -r '[.outcome, .publisher, .from, .pinned, .pin, .bundles, .articles, .media, .uncited] | @csv' out)" \
    "\"new\",\"$id\",\"all.mimeo\",true,\"first-use\",7,17,4,0"
expect 10 '' import json --json import photo all.mimeo
is 'refused' "$(jq -r 'select(.refused).error' out)" malformed
is 'unchanged' "$(jq -r 'select(.outcome).outcome' out)" unchanged

# ---- parts ----

for n in 1 2 3 4 5 6 7 8; do big "$n" | publish press - || fault "big $n"; done
expect 0 '' mimeo --library press.library -C press export --part-size 64K -o part
total=$(find . -maxdepth 1 -name 'part-*' | wc -l)
[ "$total" -ge 4 ] || fault "only $total parts"
all=$(find press/bundles -name '*.mimeo' | wc -l)
first=$(find . -maxdepth 1 -name 'part-*' | sort | head -1)
second=$(find . -maxdepth 1 -name 'part-*' | sort | sed -n 2p)
mkdir rest && find . -maxdepth 1 -name 'part-*' ! -name "${first#./}" ! -name "${second#./}" -exec cp '{}' rest \;
expect 8 "part 1 of $total is not here" import parts import rest
grep -q "part 2 of $total is not here, with bundle" out || fault 'the second is not named'
grep -q 'mimeo export --bundles' out || fault 'what to ask for is not said'
ask=$(sed -n "s/.*part 1 of.*--bundles \\(.*\\))/\\1/p" out)
# What it says to ask for is what is lacking.
expect 0 '' mimeo --library press.library -C press export --bundles "$ask" -o asked
expect 0 'new bundle' import parts import asked
expect 0 'new bundle' import parts import "$second"
is 'all of it' "$(held parts)" "$all"
expect 0 'first-use: verified' mimeo --library parts verify --deep

# One at a time, as messengers bring them: those that came before are remembered, and forgotten when all are here.
left=$total
for part in part-*; do
    left=$((left - 1))
    want=8
    [ "$left" -gt 0 ] || want=0
    expect "$want" '' import slow --json import "$part"
    is "lacking after $part" "$(jq -r 'select(.lacking == "part").part' out | wc -l)" "$left"
done
is 'all of it' "$(held slow)" "$all"
is 'sets that are remembered' "$(find slow/work -name parts | wc -l)" 0
expect 0 'nothing new' import slow import part-*

# ---- read as they are ----

expect 5 'unknown-publisher' mimeo --library nobody verify part-*
expect 0 'first-use: verified' mimeo --library one verify low.mimeo high.mimeo
expect 0 'The Quay Gazette:' mimeo --library stick1 verify stick
is 'packs are listed together' "$(mimeo --library one list low.mimeo high.mimeo 2>/dev/null | wc -l)" 17
is 'the limit is of all' "$(mimeo --library one list --limit 3 low.mimeo quay.mimeo 2>/dev/null | wc -l)" 3
is 'of a directory of packs' "$(mimeo --library one list -C rest 2>/dev/null | grep -c big)" \
    "$(mimeo --library one list rest 2>/dev/null | grep -c big)"
expect 0 'Text of article 4' mimeo --library one read -C stick a-4
expect 0 'Text of article 12' mimeo --library one read -C stick a-12
expect 1 "there is no article 'nothing'" mimeo --library one read -C stick nothing
is 'a status each' "$(mimeo --library one status --json low.mimeo quay.mimeo | wc -l)" 2
is 'of one publisher one' "$(mimeo --library one status --json low.mimeo high.mimeo | jq -r .bundles_held)" 7
expect 10 'is a picture' mimeo --library one verify low.mimeo high.mimeo photo
expect 2 'one object at a time' mimeo --library one verify nowhere low.mimeo
expect 1 'and no pack' mimeo --library one verify edition
done_testing
