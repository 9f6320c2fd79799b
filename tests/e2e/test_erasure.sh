#!/bin/sh
# One erased article followed through everything that ever had it: the publisher, git and its remotes, sticks, couriers,
# readers, old copies that come back.  What must be gone is one word that stands in every part of it.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=mirrors.sh
. "$here/mirrors.sh"
need git jq python3 sqlite3
word=kwyjibo
day=86400
now=1790000000
at() { # DAYS: the clock
    SOURCE_DATE_EPOCH=$((now + $1 * day))
    export SOURCE_DATE_EPOCH
}
at 0

picture() { # NUMBER
    python3 - "$1" <<'P'
import struct, sys, zlib
n = int(sys.argv[1])
rows = b''.join(b'\0' + bytes((n * 7 + x * y) % 256 for x in range(8)) for y in range(8))
chunk = lambda t, d: struct.pack('>I', len(d)) + t + d + struct.pack('>I', zlib.crc32(t + d))
open(f'p{n}.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 8, 8, 8, 0, 0, 0, 0)) +
                              chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
P
}
victim() { # ID PICTURE [WORD]: the word in all that an article has
    printf '{"id":"%s","lang":"en","published":"2026-09-20T08:00:00Z","title":"About %s","subtitle":"Sub %s","byline":"By %s",' \
        "$1" "${3:-$word}" "${3:-$word}" "${3:-$word}"
    printf '"section":"S%s","tags":["t%s"],"summary":"Sum %s","url":"https://courier.example/%s",' \
        "${3:-$word}" "${3:-$word}" "${3:-$word}" "${3:-$word}"
    printf '"body":"<p>Text with %s in it.</p>","images":["p%s.png"]}\n' "${3:-$word}" "$2"
}
erase() { # ID…
    mimeo -q --library press.library retract -C press --key press.key --erase --yes --reason 'to protect people' "$@" >out 2>err || {
        fault "erase $*"
        sed 's/^/    /' err
    }
}
gone() { # WHAT PATH…: the word is in none of the bytes, whatever they are packed in
    what=$1
    shift
    is "$what: files that still have the text" "$(python3 "$here/search_deep.py" "$word" "$@")" ''
}
still() { # WHAT PATH…: so that what is searched for is searched for rightly
    what=$1
    shift
    checks=$((checks + 1))
    [ -n "$(python3 "$here/search_deep.py" "$word" "$@")" ] || fault "$what: the text is not looked for rightly"
}
no_object() { # WHAT REPO: not even one that nothing reaches
    is "$1: git objects that still have the text" "$(git -C "$2" cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)' |
        while read -r object type; do
            git -C "$2" cat-file "$type" "$object" >object.bytes
            python3 "$here/search_deep.py" "$word" object.bytes
        done | head -3)" ''
    is "$1: fsck" "$(git -C "$2" fsck --full 2>&1 | grep -v '^notice' | head -3)" ''
}
plain_copy() { # FROM TO: the files without git
    rm -rf "$2"
    mkdir "$2"
    (cd "$1" && tar cf - --exclude=.git .) | tar xf - -C "$2"
}
refs() { git -C "$1" show-ref | sort; }
reads_on() { # WHAT COMMAND…: the neighbours, and not the erased
    what=$1
    shift
    expect 0 'Text of article 1' "$@" read a-1
    expect 0 'Text of article 2' "$@" read a-2
    expect 0 'Text of article 12' "$@" read a-12
    expect 0 'Retracted' "$@" read witness
    expect 0 'Retracted' "$@" read plain
    "$@" verify --deep >out 2>err
    is "$what: status of verify" $? 0
    grep -q 'erased by bundle' out err || fault "$what: verify does not say that something was erased"
}

# ---- the publisher: sensitive, and among neighbours; revised; twice in a row ----

picture 1
picture 2
picture 3
make_publisher press
pin press
{ article 1; victim plain 1; article 2; } >edition.jsonl
publish press edition.jsonl || fault 'publish an edition'
victim witness 2 >witness.jsonl
publish press witness.jsonl --sensitive || fault 'publish the witness'
printf '{"id":"shares","lang":"en","published":"2026-09-20T08:00:00Z","title":"Innocent","body":"<p>Text of one that shares.</p>","images":["p3.png"]}\n' |
    publish press - || fault 'an innocent one'
plain_copy press four
four=$(link_of press)
victim third 3 >third.jsonl # shows the picture of an innocent one
{ article 11; cat third.jsonl; article 12; } | publish press - || fault 'publish another'
{ article 13; printf '{"id":"plain","lang":"en","title":"Revised %s","body":"<p>Revised %s.</p>"}\n' "$word" "$word"; } |
    publish press - || fault 'revise'
picture_of() { find "$1/media" -type f -exec b2sum -l 256 {} + 2>/dev/null | cut -c1-64 | sort; }
pictures=$(picture_of press)
is 'pictures before' "$(printf '%s\n' "$pictures" | wc -l)" 3

# Who has it before: a remote, sticks, libraries by path and by git, an old clone.
git init -q --bare remote.git
git init -q --bare onward.git
mkdir stick
# shellcheck disable=SC2317 # called by expect
own() { mimeo --library press.library push -C press "$@"; }
expect 0 'pushed' own remote.git stick
still 'the remote' remote.git
still 'the stick' stick
plain_copy press old
git clone -q --bare press old.git
library() { # NAME COMMAND…
    name=$1
    shift
    mimeo --library "$name" "$@"
}
link=$(link_of press)
# shellcheck disable=SC2317 # called by expect
sync_from() { # LIBRARY ADDRESS: from there and nowhere else
    library "$1" mirrors --json | jq -r 'select(.added) | .address' >addresses
    while read -r address; do
        library "$1" mirrors remove press "$address" >/dev/null 2>&1 || fault "mirrors remove $address"
    done <addresses
    library "$1" mirrors add press "$2" >/dev/null 2>&1 || fault "mirrors add $2"
    library "$1" sync
}
for name in reader courier; do
    "$MIMEO" -q --library $name trust add "$link" --petname press >/dev/null 2>&1
done
"$MIMEO" -q --library early trust add "$four" --petname press >/dev/null 2>&1
expect 0 '' library early clone "$work/four"
expect 0 '' library reader clone "$work/stick"
expect 0 '' library courier clone "file://$work/remote.git"
expect 0 'pushed' library courier push --publisher press onward.git
still 'the reader' reader/publishers
still 'the courier' courier

erase witness
erase plain third
article 14 | publish press -
gone 'the publisher' press press.library press.key*
no_object 'the publisher' press
reads_on 'the publisher' mimeo --library press.library -C press
is 'pictures after' "$(picture_of press | wc -l)" 1
expect 0 'Text of one that shares' mimeo --library press.library -C press read shares
expect 0 'skipped' mimeo --library press.library retract -C press --key press.key --erase --yes witness

# ---- pushed on ----

expect 0 'pushed' own remote.git
expect 0 'pushed' own stick
gone 'the stick' stick
is 'the stick' "$(files stick)" "$(files press)"
is 'pictures on the stick' "$(picture_of stick)" "$(picture_of press)"
expect 0 'erased by bundle' mimeo verify stick
is 'refs of the remote' "$(refs remote.git)" "$(git -C press show-ref main media | sort)"
is 'commits of the remote' "$(git -C remote.git rev-list --all | while read -r c; do
    git -C remote.git ls-tree -r "$c" | awk '{ print $3 }'; done | sort -u | while read -r o; do
    git -C remote.git cat-file blob "$o" >object.bytes
    python3 "$here/search_deep.py" "$word" object.bytes; done | head -3)" ''
git -C remote.git gc -q --prune=now
gone 'the remote, once it is cleaned' remote.git

# ---- couriers and readers ----

expect 0 '' sync_from courier "file://$work/remote.git"
gone 'the courier' courier
reads_on 'the courier' mimeo --library courier
expect 0 'pushed' library courier push --publisher press onward.git
is 'refs pushed on' "$(refs onward.git)" "$(refs remote.git)"
gone 'the courier after pushing' courier
expect 0 '' sync_from reader "$work/stick"
gone 'the reader' reader
reads_on 'the reader' mimeo --library reader
is 'pictures of the reader' "$(picture_of "reader/publishers/$(id_of press)")" "$(picture_of press)"

# ---- old copies bring nothing back, in any order ----

status_in 'an old stick after the order' '0 7' sync_from reader "$work/old"
gone 'the reader after an old stick' reader
status_in 'an old mirror after the order' '0 7' sync_from courier "file://$work/old.git"
gone 'the courier after an old mirror' courier
"$MIMEO" -q --library late trust add "$link" --petname press >/dev/null 2>&1
expect 0 '' library late clone "$work/old"
still 'the late one, before' late/publishers
expect 0 '' sync_from late "file://$work/remote.git"
gone 'the late one' late
reads_on 'the late one' mimeo --library late
expect 0 '' library late library rebuild
gone 'the late one, its catalog made again' late
reads_on 'the late one, its catalog made again' mimeo --library late
# ---- restatements hide nothing newer ----

# The clean version goes out under the old name, and the restatements of the next bundles leave it alone.
printf '{"id":"witness","lang":"en","title":"The clean version","body":"<p>Cleanwords.</p>"}\n' >clean.jsonl
expect 0 '1 revised' mimeo --library press.library revise -C press --key press.key witness clean.jsonl
article 15 | publish press -
article 16 | publish press -
expect 0 'Cleanwords' mimeo --library press.library -C press read witness
expect 0 'Cleanwords' mimeo -C press read witness
expect 0 '' sync_from reader "$work/press"
expect 0 'Cleanwords' library reader read witness
is 'listed once' "$(library reader list --json | jq -r 'select(.id=="witness") | .title')" 'The clean version'
is 'the history' "$(library reader read --history --json witness 2>/dev/null | jq -r .action | tr '\n' ' ')" 'revise retract '
rm -f reader/catalog.sqlite*
expect 0 'Cleanwords' library reader read witness
is 'listed by a walk' "$(mimeo --library press.library list -C press --json | jq -r 'select(.id=="witness") | .title')" 'The clean version'
is 'a retraction is told once' "$(mimeo --library press.library list -C press --retracted --json | jq -r 'select(.id=="plain") | .seq')" 8

# Only a restatement: from bundle 4 a skip link leads to 13, and what ordered the erasures, and revised one, never comes.
plain_copy press scraps
for seq in 02 03 05 06 07 08 09 10 11 12; do rm "scraps/bundles/00/00/$seq.mimeo"; done
[ -f scraps/bundles/00/00/13.mimeo ] || fault 'bundle 13 is another one than the test means'
status_in 'a sync of scraps' '0 8' sync_from early "$work/scraps"
gone 'one that heard of it by a restatement' early
expect 0 'Retracted' library early read witness
expect 0 'Retracted' library early read plain
expect 0 'Text of one that shares' library early read shares
status_in 'verify where the order is missing' 8 library early verify
grep -q 'erased by bundle 7' out err || fault 'verify does not name the bundle that ordered it'
status_in 'and the old stick again' '0 7 8' sync_from early "$work/old"
gone 'one that heard of it by a restatement, after an old stick' early
rm -f early/catalog.sqlite*
expect 0 'Retracted' library early read witness
expect 0 '' sync_from early "$work/press"
expect 0 'Cleanwords' library early read witness
status_in 'verify once the order came too' 0 library early verify --deep

# ---- after 90 days: orders outlive what stood beside them ----

at 100
{ article 21; victim fourth 1; } | publish press - || fault 'publish after 100 days'
publish press third.jsonl >/dev/null 2>&1 # skipped: it was retracted
printf '{"id":"plain","lang":"en","title":"Clean","body":"<p>Other words.</p>"}\n' >other.jsonl
expect 0 '1 revised' mimeo --library press.library revise -C press --key press.key plain other.jsonl
at 101
erase a-1 # stood beside an erased one, and came again with the order
at 202
erase a-2 a-12 witness plain fourth
article 22 | publish press -
gone 'the publisher, long after' press
no_object 'the publisher, long after' press
expect 0 'erased by bundle' mimeo --library press.library verify --deep press
rm -f press/.git/mimeo/catalog.sqlite
article 23 | publish press -
expect 0 'erased by bundle' mimeo --library press.library verify --deep press
expect 0 '' sync_from reader "$work/press"
status_in 'verify, long after' 0 library reader verify --deep
gone 'the reader, long after' reader
expect 0 'Retracted' library reader read plain
for id in shares a-11 a-13 a-21 a-22 a-23; do expect 0 'Text of' library reader read $id; done
"$MIMEO" -q --library fresh trust add "$link" --petname press >/dev/null 2>&1
expect 0 '' library fresh clone "$work/press"
status_in 'verify, of all at once' 0 library fresh verify --deep
# One who published nothing in those 90 days: the order itself is all that explains the zeros, and is no text to erase.
at 0
make_publisher quiet
article 1 | publish quiet -
mimeo -q --library quiet.library retract -C quiet --key quiet.key --erase --yes a-1 2>/dev/null || fault 'erase a-1'
at 100
expect 0 '' mimeo --library quiet.library retract -C quiet --key quiet.key --erase --yes a-1
article 2 | publish quiet -
expect 0 'erased by bundle' mimeo --library quiet.library verify --deep quiet
done_testing
