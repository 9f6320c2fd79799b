#!/bin/sh
# Exporting: what is chosen goes out, as packs that verify; parts that are each worth something; nothing of the publisher
# in names; zip, page, encryption.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq python3 unzip

# png NUMBER: a picture of its own, p<NUMBER>.png, of about 40 kB.
png() {
    python3 - "$1" <<'END'
import random
import struct
import sys
import zlib
n = int(sys.argv[1])
r = random.Random(n)
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\0' + r.randbytes(200) for _ in range(200))
open(f'p{n}.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 200, 200, 8, 0, 0, 0, 0)) +
                              chunk(b'IDAT', zlib.compress(rows, 0)) + chunk(b'IEND', b''))
END
}
# piece NUMBER SECTION LANG [PICTURE]
piece() {
    printf '{"id":"a-%s","lang":"%s","section":"%s","title":"Article %s","body":"<p>Text of article %s.</p>"%s}\n' \
        "$1" "$3" "$2" "$1" "$1" "${4:+,\"images\":[\"p$4.png\"]}"
}
# objects PACK: the kinds of its objects in their order, such as 1 2 4 4 5.
objects() {
    python3 - "$1" <<'END'
import struct
import sys
d = open(sys.argv[1], 'rb').read()
at, kinds = 0, []
while at < len(d):
    assert d[at:at + 8] == bytes.fromhex('8d4d4d4f0d0a1a0a'), at
    kinds.append(str(d[at + 8]))
    at += struct.unpack('>Q', d[at + 16:at + 24])[0]
print(' '.join(kinds))
END
}
ids() { mimeo list --json "$@" 2>/dev/null | jq -r .id | sort | tr '\n' ' ' | sed 's/ $//'; }

make_publisher press
for n in 1 2 3 4 5 6; do png "$n"; done
piece 1 Harbour en 1 | publish press -      # bundle 2: init made the first
piece 2 Council en 2 | publish press -      # 3
piece 3 Harbour uk 3 | publish press -      # 4
piece 4 Council zh-Hans | publish press -   # 5
piece 5 Harbour en 5 | publish press -      # 6
piece 6 Council en 6 | publish press -      # 7
pin press
head=$(mimeo head --json press | jq .seq)

# ---- all of it ----

expect 0 'all.mimeo' mimeo export -o all.mimeo press
is 'what is in it' "$(objects all.mimeo)" "1 2 4 4 4 4 4 4$(seq "$head" | sed -n '7,$s/.*/ 4/p' | tr -d '\n') 5 5 5 5 5"
expect 0 'good: verified' mimeo verify --deep all.mimeo
is 'articles' "$(ids -C all.mimeo)" "$(ids -C press)"
expect 0 '' mimeo read -C all.mimeo --picture 1 -o picture a-5
is 'the picture' "$(b2sum -l 256 <picture | cut -c1-64)" "$(mimeo read -C press --json a-5 | jq -r '.media[0].hash')"
expect 0 '' mimeo export -o - press
is 'a stream' "$(b2sum <out)" "$(b2sum <all.mimeo)"
expect 0 '' mimeo --library nothing export -o unpinned.mimeo press
is 'of an unknown publisher' "$(b2sum <unpinned.mimeo)" "$(b2sum <all.mimeo)"
expect 5 'unknown' mimeo --library nothing verify unpinned.mimeo

# A pack, a bare clone, and what the library holds, are sources too.
git clone -q --mirror press bare.git
for source in all.mimeo bare.git; do
    expect 0 '' mimeo export -o again.mimeo --force "$source"
    expect 0 'good' mimeo verify again.mimeo
    is "articles out of $source" "$(ids -C again.mimeo)" "$(ids -C press)"
done
expect 0 '' mimeo --library reader clone press --expect "$(mimeo head --json press | jq -r .digits)"
mkdir elsewhere
(cd elsewhere && expect 0 '' mimeo --library ../reader export -o ../held.mimeo)
is 'out of the library' "$(ids -C held.mimeo)" "$(ids -C press)"

# ---- choices ----

expect 0 '' mimeo export --no-media -o text.mimeo press
is 'without pictures' "$(objects text.mimeo | tr ' ' '\n' | grep -c 5)" 0
expect 0 '' mimeo export --section harbour -o harbour.mimeo press
is 'a section' "$(ids -C harbour.mimeo)" 'a-1 a-3 a-5'
is 'its pictures alone' "$(objects harbour.mimeo | tr ' ' '\n' | grep -c 5)" 3
expect 0 '' mimeo export --lang zh -o zh.mimeo press
is 'a language' "$(ids -C zh.mimeo)" a-4
expect 0 '' mimeo export --section Harbour --lang en -o both.mimeo press
is 'both' "$(ids -C both.mimeo)" 'a-1 a-5'
expect 0 '' mimeo export --bundles 4,2-3,3 -o some.mimeo press
is 'by number' "$(ids -C some.mimeo)" 'a-1 a-2 a-3'
expect 0 '' mimeo export --bundles 6- -o top.mimeo press
is 'from a number on' "$(ids -C top.mimeo)" 'a-5 a-6'
expect 0 '' mimeo export --since 1h -o hour.mimeo press
is 'since an hour ago' "$(ids -C hour.mimeo)" "$(ids -C press)"
expect 1 'nothing that is held here fits' mimeo export --since 2999-01-01 -o never.mimeo press
expect 1 'nothing that is held here fits' mimeo export --section Weather -o never.mimeo press
[ ! -e never.mimeo ] || fault 'an export of nothing left a file'

# What lies between is proven by headers alone: nothing is unjoined, and the gaps are told.
for pack in harbour zh some; do
    expect 8 'missing' mimeo verify "$pack.mimeo"
    is "unjoined in $pack" "$(mimeo verify --json "$pack.mimeo" | jq -s '.[-1].unjoined')" 0
    is "unjoined articles in $pack" "$(mimeo list --json -C "$pack.mimeo" 2>/dev/null | jq 'select(.joined == false)' | wc -l)" 0
done
# A false header in front of the right ones changes nothing.
python3 - zh.mimeo doctored.mimeo <<'END'
import struct
import sys
d = open(sys.argv[1], 'rb').read()
at, out = 0, []
while at < len(d):
    n = struct.unpack('>Q', d[at + 16:at + 24])[0]
    piece = d[at:at + n]
    if piece[8] == 2:
        out += [piece.replace(b'time 20', b'time 19', 1)] * 3
    out.append(piece)
    at += n
open(sys.argv[2], 'wb').write(b''.join(out))
END
is 'with false headers' "$(mimeo verify --json doctored.mimeo | jq -s '.[-1].unjoined')" 0

# A correction or retraction goes along with what it is about.
printf '{"id":"a-3","action":"retract","note":"It was wrong."}\n' >retract.jsonl
expect 0 '' publish press retract.jsonl
expect 0 '' mimeo export --lang uk --force -o uk.mimeo press
is 'a retraction' "$(mimeo list --json --retracted -C uk.mimeo 2>/dev/null | jq -r .action)" retract
expect 0 '' mimeo export --section Council --force -o council.mimeo press
is 'and of nothing else' "$(mimeo list --json --retracted -C council.mimeo 2>/dev/null | jq -r .action | sort -u)" publish

# What is not held is named; what there is goes out.
expect 8 'bundles 50 to 52 are not held here' mimeo export --bundles 2,50-52 -o part.mimeo press
is 'the one that is held' "$(ids -C part.mimeo)" a-1
cp -R press lossy && rm -rf lossy/.git && find lossy/media -type f | head -2 | xargs rm
expect 0 '2 pictures are not held here' mimeo export -o lossy.mimeo lossy
is 'pictures held' "$(objects lossy.mimeo | tr ' ' '\n' | grep -c 5)" 3

# ---- damage here does not go out ----

cp -R press bad && rm -rf bad/.git
python3 - bad/bundles/00/00/03.mimeo "$(find bad/media -type f | sort | head -1)" <<'END'
import os
import sys
for path in sys.argv[1:]:
    os.chmod(path, 0o644)
    with open(path, 'r+b') as f:
        data = bytearray(f.read())
        data[-10] ^= 1
        f.seek(0)
        f.write(data)
END
expect 4 'bundles/00/00/03.mimeo' mimeo export -o bad.mimeo bad
grep -q 'picture is damaged' err || fault 'nothing is said of the damaged picture'
is 'what was left out' "$(mimeo export --json --force -o bad.mimeo bad | jq -s 'map(select(.fault)) | length')" 2
is 'the sum' "$(mimeo export --json --force -o bad.mimeo bad | jq -sr '.[-1] | "\(.faults) \(.verdict) \(.media)"')" '2 damaged 4'
expect 8 'bundles are missing: 1' mimeo verify bad.mimeo

# ---- what was ordered to go does not go out ----

piece 7 Harbour en 4 | publish press --sensitive -
expect 0 '' mimeo export --no-media -o before.mimeo press
expect 0 '' mimeo export --bundles "$(mimeo head --json press | jq .seq)" -o with-picture.mimeo press
expect 0 '' mimeo -q --library press.library retract -C press --key press.key --erase --yes --reason 'to protect people' a-7
expect 0 '' mimeo export --bundles "$(mimeo head --json press | jq .seq)" -o order.mimeo press
cat before.mimeo with-picture.mimeo order.mimeo >old-text.mimeo
is 'erased before' "$(mimeo verify --json old-text.mimeo | jq -s '.[-1].erased_blocks')" 0
expect 0 '' mimeo export --since 1d -o clean.mimeo old-text.mimeo
[ "$(mimeo verify --json clean.mimeo | jq -s '.[-1].erased_blocks')" -gt 0 ] || fault 'text that was to go went out'
is 'its picture' "$(objects clean.mimeo | tr ' ' '\n' | grep -c 5)" 0
expect 0 '' mimeo export --bundles 2- -o by-number.mimeo old-text.mimeo
[ "$(mimeo verify --json by-number.mimeo | jq -s '.[-1].erased_blocks')" -gt 0 ] || fault 'text that was to go went out by number'

# ---- names ----

mkdir names && cd names || exit 1
expect 0 '' mimeo export ../press
name=$(cat out)
case $name in
[a-z][a-z][a-z][a-z][a-z][a-z][a-z][a-z].mimeo) ;;
*) fault "a random name is '$name'" ;;
esac
is 'no other file' "$(ls)" "$(printf '%s\nerr\nout\n' "$name" | sort)"
printf 'open sesame\n' >../pw && chmod 600 ../pw
expect 0 '' mimeo export --encrypt --passphrase-file ../pw ../press
case $(cat out) in
*.* | '') fault 'the name of an encrypted file says something' ;;
esac
cd ..
expect 1 'is there already' mimeo export -o all.mimeo press
expect 0 '' mimeo export --no-media --force -o all.mimeo press
is 'replaced' "$(objects all.mimeo | tr ' ' '\n' | grep -c 5)" 0
mkdir a-directory
expect 0 'a-directory/' mimeo export -o a-directory press
is 'files in it' "$(find a-directory -type f | wc -l)" 1
expect 2 'mirror' mimeo export -o press press
expect 1 'cannot open the directory' mimeo export -o nowhere/x.mimeo press
expect 1 'no directory' mimeo export -o nowhere/ press
ln -s /etc/passwd link.mimeo
expect 1 'is there' mimeo export -o link.mimeo press
expect 1 'is no file' mimeo export --force -o link.mimeo press

# ---- parts ----

mkdir parts
expect 0 'x-1.mimeo' mimeo export --part-size 100K -o parts/x.mimeo press
of=$(find parts -name 'x-*.mimeo' | wc -l)
[ "$of" -ge 2 ] || fault "there are $of parts"
[ -z "$(find parts -size +100000c)" ] || fault 'a part is too large'
for part in parts/x-*.mimeo; do
    case $(objects "$part") in
    '6 1 2 '*) ;;
    *) fault "$part begins with $(objects "$part")" ;;
    esac
done
find parts -name 'x-*.mimeo' | sort -r | xargs cat >joined.mimeo
expect 0 'good: verified' mimeo verify joined.mimeo
is 'articles of all parts' "$(ids -C joined.mimeo)" "$(ids -C press)"
list=$(python3 - parts/x-1.mimeo <<'END'
import struct
import sys
d = open(sys.argv[1], 'rb').read()
print(d[24:struct.unpack('>Q', d[16:24])[0]].decode(), end='')
END
)
is 'its first line' "$(printf '%s\n' "$list" | head -1)" 'mimeo part 1'
is 'which it is' "$(printf '%s\n' "$list" | sed -n 3p)" "part 1 $of"
is 'a line a part' "$(printf '%s\n' "$list" | grep -c '^holds ')" "$of"
is 'pictures in all' "$(printf '%s\n' "$list" | awk '/^holds/ { n += $4 } END { print n }')" 5
# Asking again for what a part held brings all of it.
lost=$(printf '%s\n' "$list" | awk '/^holds 1 / { print $3 }')
expect 0 '' mimeo export --bundles "$lost" -o lost.mimeo press
python3 - parts/x-1.mimeo lost.mimeo <<'END' || fault 'what was lost did not come again'
import struct
import sys
def read(path):
    d, at, found = open(path, 'rb').read(), 0, set()
    while at < len(d):
        n = struct.unpack('>Q', d[at + 16:at + 24])[0]
        if d[at + 8] in (3, 4, 5):
            found.add(d[at:at + n])
        at += n
    return found
sys.exit(not read(sys.argv[1]) <= read(sys.argv[2]))
END
# What is larger than a part is told before anything is written.
make_publisher big 'Another'
printf '{"id":"long","title":"Long","text":"%s"}\n' "$(head -c 90000 /dev/urandom | base64 -w 0)" | publish big -
expect 2 'does not fit in a part' mimeo export --part-size 64K -o small.mimeo big
is 'and nothing is there' "$(find . -name 'small*')" ''
expect 2 'wants a size' mimeo export --part-size 8Q press
expect 2 'wants a size' mimeo export --part-size 1K press
expect 2 'cannot be piped' mimeo export --part-size 100K -o - press
expect 2 '' mimeo export --part-size 100K --zip press
# A single one of several names that is taken stops it before anything is written.
mkdir taken && : >taken/x-2.mimeo
expect 1 'is there already' mimeo export --part-size 100K -o taken/x.mimeo press
is 'what is there' "$(ls taken)" x-2.mimeo

# ---- encrypted ----

expect 0 '' mimeo export --encrypt --passphrase-file pw -o secret press
if grep -aq -e mimeo -e publisher -e Harbour secret; then fault 'something can be read in an encrypted file'; fi
expect 1 'passphrase' mimeo verify --no-input secret
expect 0 'good: verified' mimeo verify --passphrase-file pw secret
is 'decrypted' "$(ids -C secret --passphrase-file pw)" "$(ids -C press)"
expect 0 '' mimeo export --encrypt --passphrase-file pw --part-size 100K -o parts/secret press
[ -z "$(find parts -size +100000c)" ] || fault 'an encrypted part is too large'
expect 0 '' mimeo verify --passphrase-file pw parts/secret-1
exec 7<pw
expect 0 '' mimeo export --encrypt --passphrase-fd 7 -o by-fd press
exec 7<&-
expect 1 'passphrase' mimeo export --encrypt --no-input -o none press
[ ! -e none ] || fault 'without a passphrase there is a file'

# ---- with the page ----

printf '<!DOCTYPE html><title>-</title><body><p>page</p><!-- mimeo:packs --></body>\n' >page.html
mkdir stick
expect 0 'stick/reader.html' mimeo export --with-reader --page page.html -o stick press
cmp -s page.html stick/reader.html || fault 'the page is another'
expect 0 '' mimeo export --with-reader --page page.html -o stick press
is 'files on the stick' "$(find stick -type f | wc -l)" 3
echo else >stick/reader.html
expect 1 "another 'reader.html'" mimeo export --with-reader --page page.html -o stick press
is 'and nothing more' "$(find stick -type f | wc -l)" 3
expect 0 '' mimeo export --with-reader --page page.html --zip -o both.zip press
unzip -tq both.zip >/dev/null || fault 'the zip is damaged'
mkdir unzipped && unzip -q both.zip -d unzipped
cmp -s page.html unzipped/reader.html || fault 'the page in the zip is another'
expect 0 'good: verified' mimeo verify unzipped/*.mimeo
python3 - both.zip <<'END' || fault 'the zip tells when it was made'
import sys
import zipfile
sys.exit(any(i.date_time != (1980, 1, 1, 0, 0, 0) for i in zipfile.ZipFile(sys.argv[1]).infolist()))
END
expect 0 '' mimeo export --single-file --page page.html -o single.html press
python3 - single.html inside.mimeo <<'END' || fault 'the single file is not the page with the pack in it'
import base64
import re
import sys
text = open(sys.argv[1]).read()
m = re.fullmatch(r'(.*)<script type="application/x-mimeo" data-name="([a-z]{8}\.mimeo)">([A-Za-z0-9+/=]*)</script>(.*)', text, re.S)
page = open('page.html').read()
assert m.group(1) + '<!-- mimeo:packs -->' + m.group(4) == page
open(sys.argv[2], 'wb').write(base64.b64decode(m.group(3), validate=True))
END
expect 0 'good: verified' mimeo verify inside.mimeo
# The page that is built in, or word that there is none.
mkdir own
if mimeo export --with-reader -o own press >out 2>err; then
    grep -q '<!-- mimeo:packs -->' own/reader.html || fault 'the page that is built in has no place for packs'
else
    grep -q 'built without the page' err || fault 'nothing is said of a page that is not there'
    is 'without the page' "$(find own -type f | wc -l)" 0
fi
printf '<!DOCTYPE html>\n' >bare.html
expect 1 'no place' mimeo export --single-file --page bare.html -o no.html press
[ ! -e no.html ] || fault 'a page without a place left a file'
expect 2 '' mimeo export --zip --single-file --page page.html press
expect 2 '' mimeo export --page page.html press

# ---- words that do not go together ----

expect 2 'bundles are named' mimeo export --bundles 4-2 press
expect 2 'bundles are named' mimeo export --bundles 0 press
expect 2 'bundles are named' mimeo export --bundles 1,,2 press
expect 2 'wants a date' mimeo export --since yesterday press
expect 2 '' mimeo export -o - --json press
expect 2 'one mirror' mimeo export press press

done_testing
