#!/bin/sh
# mimeo extract: what would be published of pages, in each form, without a mirror or a key.
set -u
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/pages.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"
need jq python3

page 1 'Ferry out of service' '<figure><img src="saved_files/boat%201.png" alt="A boat"><figcaption>The boat at the quay</figcaption></figure>' >saved.html
mkdir saved_files
picture 1 'saved_files/boat 1.png'
printf '<html><body><p>An advertisement that nobody asked for, in a frame of its own.</p></body></html>\n' >saved_files/frame.html
front_page >front.html

# ---- forms ----

expect 0 'Ferry out of service' mimeo extract saved.html
is 'the first line' "$(head -n 1 out)" 'Ferry out of service'
is 'the authors' "$(sed -n 2p out)" 'Mira Quay'
is 'the date' "$(sed -n 3p out)" '2026-11-01T07:30:00Z'

expect 0 'two harbours' mimeo extract --text saved.html
is 'blocks of the text' "$(grep -c . out)" 3
for words in 'Ferry out of service' 'Mira Quay' 'The boat at the quay' cookies Subscribe 'Read more' 'First!' Imprint Weather; do
    ! grep -q "$words" out || fault "the text has '$words'"
done

expect 0 '' mimeo extract --json saved.html
is 'a line' "$(wc -l <out)" 1
is 'the record' "$(jq -c '[.id, .title, .bylines, .lang, .published, .site, (.images | length), .images[0].caption]' out)" \
    '["saved","Ferry out of service",["Mira Quay"],"en","2026-11-01T07:30:00Z","Island Courier",1,"The boat at the quay"]'
expect 0 '<figcaption>' mimeo extract --html saved.html
! grep -qE '<(script|nav|form|aside|footer)' out || fault 'the HTML has furniture'
expect 0 saved.html mimeo extract --explain saved.html
grep -q . out || fault '--explain says nothing'
expect 0 '' mimeo extract --json --explain saved.html
is 'the explanation' "$(jq -r '.explain | length > 0' out)" true
expect 0 '' mimeo extract --json --no-pictures saved.html
is 'no pictures' "$(jq -r '.images' out)" null
expect 0 '' mimeo extract --json --images small --image-width 100 saved.html
is 'a small one' "$(jq -r '.images[0].width' out)" 100
# From a pipe there is no name to make an id of, and nothing needs one.
expect 0 'Ferry out' mimeo extract --json - <saved.html
is 'no id' "$(jq -r '.id' out)" null

# ---- what is no article ----

expect 10 'front.html' mimeo extract front.html
expect 0 'skipped' mimeo extract .
is 'articles of the directory' "$(grep -c 'Ferry out of service' out)" 1
! grep -q advertisement out || fault 'a frame of a saved page was taken'
: >empty
expect 10 'cannot tell' mimeo extract empty
: >empty.html
expect 10 'empty.html' mimeo extract empty.html
rm empty empty.html
expect 1 'none.html' mimeo extract none.html
expect 2 'one of' mimeo extract --text --html saved.html
expect 2 'missing' mimeo extract
expect 2 'no format' mimeo extract --format pdf saved.html
# One bad page never stops the others.
head -c 5000 /dev/urandom >noise.html
expect 10 '' mimeo extract --json noise.html saved.html front.html saved.html
is 'what came of each' "$(jq -rc '.outcome // .title' out | sort | uniq -c | sed 's/^ *//' | tr '\n' ';')" '2 Ferry out of service;2 refused;'
rm noise.html

# A page that is taken as it is.
expect 0 'Subscribe' mimeo extract --text --format html saved.html
printf '<p>A fragment has no title of its own.</p>\n' >fragment.html
expect 10 'no title' mimeo extract fragment.html
printf -- '---\ntitle: Front matter\n---\n<!DOCTYPE html><html><body><p>Taken as it stands.</p></body></html>\n' >matter.html
expect 0 'Taken as it stands.' mimeo extract --text matter.html

# ---- many files ----

mkdir -p many/a many/b
page 2 'Story two' >many/a/story.html
page 3 'Story three' >many/b/story.html
page 4 'Story four' >'many/b/-odd
name.html'
front_page >many/front.html
expect 0 '' mimeo extract --text -o texts many
is 'the files' "$(cd texts && find . -type f | LC_ALL=C sort | tr '\n' ' ')" './odd-name.txt ./story-2.txt ./story.txt '
is 'what was told' "$(sort out | tr '\n' ' ')" 'texts/odd-name.txt texts/story-2.txt texts/story.txt '
grep -q 'number 2,' texts/story.txt || fault 'story.txt is another'
grep -q 'number 3,' texts/story-2.txt || fault 'story-2.txt is another'
cp -r texts texts.before
expect 0 '' mimeo -q extract --text -o texts many
diff -r texts texts.before >differences || { fault 'the same again is something else'; cat differences; }
expect 0 '' mimeo extract --json -o records many saved.html
is 'where each came from' "$(jq -r '.file' out | sort | tail -n 1)" records/story.json
is 'the picture beside them' "$(jq -r '.images[0].file' records/saved.json)" "$(b2sum -l 256 records/"$(jq -r '.images[0].file' records/saved.json)" | cut -d ' ' -f 1)"
expect 1 'cannot make' mimeo extract -o none/of/these saved.html
# What was extracted can be published, pictures too.
make_publisher press
rm records/story-2.json # of the same name, and so of the same id
expect 0 '' publish press records
is 'articles' "$(mimeo --library press.library -C press list --json | jq -s length)" 3
is 'its picture' "$(mimeo --library press.library -C press read saved --json | jq '.media | length')" 1

# A full disk leaves no half of a file.
if [ -w /dev/full ]; then
    checks=$((checks + 1))
    "$MIMEO" extract saved.html >/dev/full 2>err && fault 'a full disk is no failure'
fi

done_testing
