#!/bin/sh
# Encrypted packs through the program: read as they are by every command, a wrong passphrase told from damage, what is
# whole in a damaged one still read, nothing decrypted on the disk.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git python3 strace
tool=$MIMEO_BUILD_DIR/tests/seal_tool
[ -x "$tool" ] || skip 'the test programs are not built'

make_publisher press
cp -R "$MIMEO_SOURCE_DIR/tools/sample" edition
rm edition/README.md edition/draw-pictures
publish press edition
article 1 | publish press -
i=0
while [ "$i" -lt 30 ]; do # does not compress: some segments
    i=$((i + 1))
    printf '{"id":"big-%s","title":"Big %s","text":"%s"}\n' "$i" "$i" "$(head -c 30000 /dev/urandom | base64 -w 0)"
done | publish press -
article 2 | publish press -
pin press
python3 "$MIMEO_SOURCE_DIR/tests/e2e/make_pack.py" press plain.mimeo
expect 0 'good' mimeo verify --deep plain.mimeo
articles=$(mimeo list plain.mimeo 2>/dev/null | wc -l)

pass='five otters under the pier'
printf '%s\n' "$pass" >pass
echo 'five otters under the quay' >wrong
chmod 600 pass wrong
"$tool" seal "$pass" plain.mimeo sealed || fault 'it cannot be sealed'
size=$(stat -c %s sealed)
is 'the size' "$size" "$("$tool" size "$(stat -c %s plain.mimeo)")"

# ---- read as it is, by every command ----

expect 0 'good: verified' mimeo verify --deep sealed --passphrase-file pass
is 'articles' "$(mimeo list sealed --passphrase-file pass 2>/dev/null | wc -l)" "$articles"
expect 0 'Text of article 1' mimeo read -C sealed --passphrase-file pass a-1
expect 0 'Text of article 2' mimeo read -C sealed --passphrase-fd 5 a-2 5<pass
expect 0 'sealed (encrypted pack)' mimeo status sealed --passphrase-file pass
expect 0 '"kind":"encrypted pack"' mimeo status --json sealed --passphrase-file pass
expect 0 '(packs, not all encrypted)' mimeo status sealed plain.mimeo --passphrase-file pass
expect 0 'plain.mimeo (pack)' mimeo status plain.mimeo --passphrase-file pass
is 'the card' "$(mimeo head sealed --passphrase-file pass)" "$(mimeo head plain.mimeo)"
expect 0 'same' mimeo head compare -C sealed --passphrase-file pass "$(mimeo head plain.mimeo)"
expect 0 '' mimeo clone sealed --passphrase-file pass
is 'articles in the library' "$(cd "$HOME" && mimeo list 2>/dev/null | wc -l)" "$articles"
rm -rf library && pin press

# ---- without a passphrase, or with another ----

expect 1 'is nothing that mimeo knows, or an encrypted pack: give --passphrase-file' \
    setsid timeout 60 "$MIMEO" verify sealed
expect 1 'is nothing that mimeo knows, or an encrypted pack' mimeo --no-input verify sealed
expect 1 'encrypted pack' mimeo --no-input clone sealed
expect 1 'the passphrase does not open it: it is wrong, or this is no encrypted pack' \
    mimeo verify sealed --passphrase-file wrong
cp pass open && chmod 644 open
expect 1 'chmod 600' mimeo verify sealed --passphrase-file open
: >empty && chmod 600 empty
expect 1 'is empty' mimeo verify sealed --passphrase-file empty
expect 1 'gone' mimeo verify sealed --passphrase-file gone
expect 0 'good' mimeo verify plain.mimeo --passphrase-file gone # not needed, not read

head -c 5000 /dev/zero >zeros
yes 'The ferry leaves at seven.' | head -200 >letter
printf '\377\330\377\340JFIF' >photo

# On a terminal it is asked for, without echo, and without the file's name, which may be anything.
if command -v script >/dev/null 2>&1; then
    : >said
    when_asked 'Passphrase' "$pass" | script -qec "'$MIMEO' verify sealed" /dev/null >said 2>&1 || fault 'the answer does not open it'
    grep -q 'Passphrase for encrypted packs:' said || fault 'nobody asked on the terminal'
    grep -q 'verified (' said || fault 'the answer is not used'
    : >said
    when_asked 'Passphrase' 'no idea' | script -qec "'$MIMEO' verify sealed" /dev/null >said 2>&1 && fault 'any answer opens it'
    grep -q 'it is wrong' said || fault 'nothing is said of a wrong answer'
    (sleep 1 && printf 'no idea\n') | script -qec "'$MIMEO' verify letter" /dev/null >said 2>&1
    grep -q 'Passphrase' said && fault 'a passphrase is asked for a letter'
fi

# What is nothing of the kind is told as before, and nobody is asked for a passphrase.
for file in zeros letter photo; do
    expect 10 "$file" mimeo verify "$file" --passphrase-file wrong
    grep -q 'passphrase' out err && fault "$file: talk of a passphrase"
done
: >nothing
expect 10 empty mimeo verify nothing --passphrase-file pass
# One in 256 begins with "<": it is no page.
printf '<' >page && head -c 50175 /dev/urandom >>page
expect 1 'or an encrypted pack' mimeo --no-input verify page

# ---- damage ----

flip() { # FILE OFFSET
    python3 - "$1" "$2" <<'PY'
import sys
with open(sys.argv[1], 'r+b') as f:
    f.seek(int(sys.argv[2]))
    b = f.read(1)
    f.seek(int(sys.argv[2]))
    f.write(bytes([b[0] ^ 1]))
PY
}
damaged() { # OFFSET…
    cp sealed bad
    for at; do flip bad "$at"; done
}
damaged 20 # the first lock
expect 4 'damaged at one of its ends' mimeo verify bad --passphrase-file pass
is 'articles' "$(mimeo list bad --passphrase-file pass 2>/dev/null | wc -l)" "$articles"
damaged $((size - 20)) # the second, which nobody needs as long as the first opens
expect 0 'good' mimeo verify bad --passphrase-file pass
damaged $((size - 150)) # the end
expect 4 'cut short, or damaged' mimeo verify bad --passphrase-file pass
is 'articles' "$(mimeo list bad --passphrase-file pass 2>/dev/null | wc -l)" "$articles"
damaged 20 $((size - 20)) # both locks: nobody can tell
expect 1 'it is wrong, or this is no encrypted pack' mimeo verify bad --passphrase-file pass

# In the middle: what lies before it and from the next segment on is read, and the loss has a name.
damaged $((121 + 262236 + 70000))
expect 4 'damaged' mimeo verify bad --passphrase-file pass
grep -q 'bundles/00/00/04' out || fault 'the damaged bundle is not named'
expect 0 'Text of article 1' mimeo read -C bad --passphrase-file pass a-1
expect 0 'Text of article 2' mimeo read -C bad --passphrase-file pass a-2

# Cut: a wrong passphrase is told from it, what is there is read.
for keep in 60 35 10; do
    head -c $((size * keep / 100)) sealed >bad
    expect 4 'cut short, or damaged' mimeo verify bad --passphrase-file pass
    expect 0 'Text of article 1' mimeo read -C bad --passphrase-file pass a-1
    expect 1 'it is wrong, or this is no encrypted pack, or one that is cut short' mimeo verify bad --passphrase-file wrong
    expect 1 'that is cut short: get it again' mimeo --no-input verify bad
done
head -c $((size - 1)) sealed >bad
expect 4 'cut short, or damaged' mimeo verify bad --passphrase-file pass
is 'articles of what lacks a byte' "$(mimeo list bad --passphrase-file pass 2>/dev/null | wc -l)" "$articles"
head -c 60000 sealed >bad # not one whole message
expect 4 'damaged or cut short, and nothing is left of it' mimeo verify bad --passphrase-file pass
head -c 100 sealed >bad
expect 10 '' mimeo verify bad --passphrase-file pass

# Two of them in a row are no pack: the second has a lock of its own.
cat sealed sealed >bad
expect 4 '' mimeo verify bad --passphrase-file pass

# ---- nothing decrypted reaches the disk ----

mkdir -p own && cd own || exit 1
strace -f -qq -e trace=openat,open,creat,rename,renameat2,memfd_create -o ../trace \
    timeout 60 "$MIMEO" read -C ../sealed --passphrase-file ../pass a-1 >/dev/null 2>&1
cd .. || exit 1
grep -E 'O_(WRONLY|RDWR|CREAT)|creat\(|rename|memfd' trace | grep -vE '"/dev/(tty|null)"|= -1 ' >wrote
is 'files written while reading' "$(wc -l <wrote)" 0
[ ! -s wrote ] || head -5 wrote

done_testing
