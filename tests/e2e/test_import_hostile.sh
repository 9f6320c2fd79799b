#!/bin/sh
# Packs that came to harm, or that somebody spoiled: whatever happens, what verifies is taken, what does not is named, the library
# stays whole, and a second run goes on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
# shellcheck source-path=SCRIPTDIR source=packs.sh
. "$(dirname "$0")/packs.sh"
need git python3 jq

make_publisher press
cp -R "$MIMEO_SOURCE_DIR/tools/sample" edition
rm edition/README.md edition/draw-pictures
publish press edition || fault 'the edition'
for n in 1 2 3 4; do big "$n" | publish press - || fault "big $n"; done
make_pack press all.mimeo
size=$(stat -c %s all.mimeo)
all=$(find press/bundles -name '*.mimeo' | wc -l)
link=$(mimeo --library press.library head --link press)

import() { mimeo --library "$@"; } # LIBRARY import …
reader() { mimeo --library "$1" trust add "$link" --petname press >/dev/null; }
# whole LIBRARY WHAT: what is held verifies, to the last block.
whole() {
    [ -d "$1/publishers" ] || return 0
    mimeo --library "$1" verify --deep --json 2>/dev/null | jq -s -e 'all(.verdict == "good" or .verdict == "incomplete" or .verdict == "unjoined" or .fault == "unjoined" or .fault == "incomplete" or .remark)' \
        >/dev/null || fault "$2: what is held does not verify"
}

# ---- cut anywhere ----

before=0
for cut in 10 700 1500 9000 30000 60000 90000 $((size - 1)); do
    [ "$cut" -lt "$size" ] || continue
    head -c "$cut" all.mimeo >cut.mimeo
    reader "cut$cut"
    import "cut$cut" import cut.mimeo >out 2>err
    status=$?
    case $status in 0 | 4 | 8 | 10) ;; *) fault "cut at $cut: status $status" && cat out err ;; esac
    now=$(held "cut$cut")
    [ "$now" -ge "$before" ] || fault "cut at $cut gives $now bundles, and a shorter one gave $before"
    before=$now
    whole "cut$cut" "cut at $cut"
    [ "$status" -eq 0 ] || grep -q 'cut off\|cut short\|damaged\|no charter\|no bundle' out err || fault "cut at $cut: not a word of it"
    expect 0 '' import "cut$cut" import all.mimeo
    is "bundles after the rest came ($cut)" "$(held "cut$cut")" "$all"
done

# ---- one byte is another ----

reader flips
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 4 3)
cp all.mimeo bad.mimeo
flip bad.mimeo $(($1 + $2 - 100))
expect 4 'damaged' import flips import bad.mimeo
is 'all but one' "$(held flips)" $((all - 1))
whole flips 'a flipped byte'
expect 4 'damaged' mimeo --library flips verify bad.mimeo
# A whole one beside it makes it good, whichever is first.
reader first && expect 0 '' import first import bad.mimeo all.mimeo
is 'all of it' "$(held first)" "$all"
reader last && expect 0 '' import last import all.mimeo bad.mimeo
is 'all of it' "$(held last)" "$all"
cat bad.mimeo all.mimeo >twice.mimeo
reader twice && expect 0 '' import twice import twice.mimeo
is 'all of it' "$(held twice)" "$all"
# Two files with other faults make one good one.
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 4 4)
cp all.mimeo bad2.mimeo
flip bad2.mimeo $(($1 + $2 - 100))
reader two && expect 0 '' import two import bad.mimeo bad2.mimeo
is 'all of it' "$(held two)" "$all"
expect 0 'good: verified' mimeo --library two verify --deep

# A picture.
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 5 2)
cp all.mimeo badpicture.mimeo
flip badpicture.mimeo $(($1 + $2 / 2))
reader picture && expect 0 '1 picture was left out' import picture import badpicture.mimeo
is 'the others' "$(pictures picture)" 3
expect 0 '1 picture' import picture import all.mimeo
is 'all of them' "$(pictures picture)" 4
# A length that leads over all that follows.
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 4 2)
cp all.mimeo long.mimeo
flip long.mimeo $(($1 + 21))
reader long
import long import long.mimeo >out 2>err
is 'status of a false length' $? 4
[ "$(held long)" -ge $((all - 2)) ] || fault 'a false length hides what is behind it'
whole long 'a false length'

# ---- spliced, doubled, reordered ----

mkdir objects
i=0
while read -r at len; do
    i=$((i + 1))
    tail -c +$((at + 1)) all.mimeo | head -c "$len" >"objects/$(printf %03d "$i")"
done <<END
$(python3 -c '
import struct
d, at = open("all.mimeo", "rb").read(), 0
while at < len(d):
    n = struct.unpack(">Q", d[at + 16:at + 24])[0]
    print(at, n)
    at += n')
END
find objects -type f | sort -r | xargs cat >reversed.mimeo
reader reversed && expect 0 "$all new bundles" import reversed import reversed.mimeo
expect 0 'good: verified' mimeo --library reversed verify --deep
cat all.mimeo reversed.mimeo all.mimeo >doubled.mimeo
reader doubled && expect 0 "$all new bundles" import doubled import doubled.mimeo all.mimeo
is 'not twice' "$(held doubled)" "$all"
# Each object is a file: a directory full of crumbs.
reader crumbs && expect 0 "$all new bundles" import crumbs import objects
is 'pictures of crumbs' "$(pictures crumbs)" 4
# The header of one bundle before the payload of another.
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 4 3)
a=$1 alen=$2
# shellcheck disable=SC2046 # two words
set -- $(object all.mimeo 4 4)
{
    head -c "$a" all.mimeo
    tail -c +$((a + 1)) all.mimeo | head -c 1500
    tail -c +$(($1 + 1501)) all.mimeo | head -c $((alen - 1500))
} >spliced.mimeo
reader spliced && expect 4 'damaged' import spliced import spliced.mimeo
whole spliced 'a spliced pack'
# Something else between, before and behind.
{
    head -c 5000 /dev/urandom
    cat all.mimeo
} >behind-noise
{
    cat objects/001
    head -c 5000 /dev/urandom
    tail -c +$(($(stat -c %s objects/001) + 1)) all.mimeo
    echo 'yours sincerely'
} >noisy.mimeo
reader noisy && expect 4 'a damaged stretch' import noisy import noisy.mimeo
is 'all of it' "$(held noisy)" "$all"
expect 0 'good: verified' mimeo --library noisy verify

# As text: told as that.
sed 's/$/\r/' all.mimeo >dos.mimeo
expect 10 'copied as text' import dos import dos.mimeo

# ---- parts of two exports ----

mimeo --library press.library -C press export --part-size 64K -o x >/dev/null 2>&1 || fault 'export x'
mimeo --library press.library -C press export --part-size 64K -o y >/dev/null 2>&1 || fault 'export y'
of=$(find . -maxdepth 1 -name 'x-*' | wc -l)
[ "$of" -ge 3 ] || fault "only $of parts"
reader mixed
import mixed import x-1 y-2 >out 2>err
is 'parts of two exports' $? 8
# What one set lacks and the other brought is not lacking.
grep -q 'part [12] of' out && fault 'what came with the other export is said to be lacking'
is 'both sets are told of' "$(grep -c "part $of of $of is not here" out)" 2
expect 0 '' import mixed import y-* x-*
is 'all of it' "$(held mixed)" "$all"
# A part that lost a picture's byte is named.
last=$(find . -maxdepth 1 -name 'x-*' | sort | tail -1)
# shellcheck disable=SC2046 # two words
set -- $(object "$last" 5 1)
if [ $# -eq 2 ]; then
    mkdir lame && cp x-* lame && flip "lame/${last#./}" $(($1 + $2 / 2))
    reader lame.library && expect 8 'did not bring all that it should: 1 picture' import lame.library import lame
fi
# A false list: nothing is refused for it.
python3 - "$last" <<'END'
import struct, sys
d = open(sys.argv[1], 'rb').read()
n = struct.unpack('>Q', d[16:24])[0]
text = d[24:n].split(b'\n')
text = [(b'holds 1 1-999999999999 99999' if line.startswith(b'holds 1 ') else line) for line in text]
body = b'\n'.join(text)
open('liar', 'wb').write(d[:16] + struct.pack('>Q', 24 + len(body)) + body + d[n:])
END
reader liar.library && expect 8 'part 1 of' import liar.library import liar all.mimeo
is 'all of it' "$(held liar.library)" "$all"

# ---- encrypted ----

printf 'one two three four\n' >word
printf 'five six seven\n' >other-word
chmod 600 word other-word
mimeo --library press.library -C press export --encrypt --passphrase-file word -o sealed >/dev/null 2>&1 || fault 'export --encrypt'
reader sealed.library
expect 1 'give --passphrase-file' mimeo --no-input --library sealed.library import sealed
expect 1 'passphrase' import sealed.library import --passphrase-file other-word sealed
is 'nothing with another passphrase' "$(held sealed.library)" 0
mkdir letters && cp sealed letters/holiday && cp edition/*.md letters
expect 1 'may be encrypted packs' mimeo --no-input --library sealed.library import letters
expect 0 "$all new bundles" import sealed.library import --passphrase-file word letters
whole sealed.library 'an encrypted pack'
cp sealed sealed-bad && flip sealed-bad 60000
reader sealed2 && expect 4 'damaged' import sealed2 import --passphrase-file word sealed-bad
whole sealed2 'a damaged encrypted pack'
head -c 50000 sealed >sealed-cut
reader sealed3
import sealed3 import --passphrase-file word sealed-cut >out 2>err
is 'an encrypted pack cut short' $? 4
grep -q 'cut short' out err || fault 'nothing is said of a cut encrypted pack'
whole sealed3 'a cut encrypted pack'

# ---- memory: pictures without end, names without end, beginnings without end ----

# peak COMMAND…: the most KiB that it had resident.
peak() {
    python3 - "$@" <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}
if ! grep -q __asan_init "$MIMEO"; then
    python3 - <<'END'
import os, struct
def media(body):
    return b'\x8dMMO\r\n\x1a\n' + struct.pack('>B3xIQ', 5, 0, 24 + len(body)) + body
base, noise = open('all.mimeo', 'rb').read(), os.urandom(7 * 1024 * 1024 - 16)
with open('large.mimeo', 'wb') as f:
    f.write(base)
    for i in range(30):
        f.write(media(noise + struct.pack('>QQ', i, i)))
with open('names.mimeo', 'wb') as f:
    f.write(base)
    for i in range(600000):
        f.write(media(struct.pack('>Q', i)))
with open('starts.mimeo', 'wb') as f:
    f.write(base)
    f.write((b'\x8dMMO\r\n\x1a\n' + struct.pack('>B3xIQ', 5, 0, 7000000)) * 600000)
END
    for pack in large names starts; do
        reader "$pack.library"
        most=$(peak "$MIMEO" --library "$pack.library" import "$pack.mimeo")
        [ "$most" -le 65536 ] || fault "$pack came in with $most KiB"
        is "of $pack" "$(held "$pack.library")" "$all"
    done
    expect 10 'more than 500000 objects' mimeo --library names.library import names.mimeo
    rm large.mimeo names.mimeo starts.mimeo
fi

# ---- the stick goes, the disk is full, the power fails ----

# A file that shrinks while it is read, as one on a stick that is pulled out ends: by a pipe that stops in between.
reader gone
mkdir goes && cp all.mimeo goes/
"$MIMEO" --library gone import goes >/dev/null 2>&1 &
job=$!
: >goes/all.mimeo
wait "$job"
status=$?
[ "$status" -le 10 ] || fault "a stick that is pulled out: status $status"
whole gone 'a stick that was pulled out'
expect 0 '' import gone import all.mimeo
is 'all of it' "$(held gone)" "$all"

# Killed at any moment.
reader unharmed
whole_run import import unharmed import all.mimeo
round=0
while [ "$round" -lt 20 ]; do
    round=$((round + 1))
    rm -rf killed
    reader killed
    killed_run import "$MIMEO" --library killed import all.mimeo
    whole killed "killed in round $round"
    expect 0 '' import killed import all.mimeo
    is "bundles after round $round" "$(held killed)" "$all"
    is "left over after round $round" "$(find killed/publishers killed/trust -name '.mimeo-tmp-*' | wc -l)" 0
done
killed_often

# Interrupted: says so, and goes on.
mkdir small
if mount -t tmpfs -o size=200k tmpfs small 2>/dev/null; then
    trap 'umount small; rm -rf "$work"' EXIT
    mimeo --library small/library trust add "$link" --petname press >/dev/null
    expect 1 'disk is full' import small/library import all.mimeo
    whole small/library 'a full disk'
    mount -o remount,size=8m small
    expect 0 '' import small/library import all.mimeo
    is 'with room again' "$(held small/library)" "$all"
    whole small/library 'with room again'
fi
done_testing
