#!/bin/sh
# Publishing, revising and retracting, as a newsroom does it, read back from a plain clone.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq
sample=$MIMEO_SOURCE_DIR/tools/sample

make_publisher press
cp -R "$sample" edition
rm edition/README.md edition/draw-pictures
expect 0 '' publish press edition
git clone -q press copy
pin press
expect 0 'good: verified (2 bundles' mimeo verify copy
expect 0 '12 records' mimeo verify --deep copy
is 'number of articles' "$(mimeo list copy | wc -l)" 12
is 'kind of commits' "$(git -C copy log --format='%an %ae %s' | sort | uniq -c | tr -s ' ' | head -1)" ' 1 mimeo mimeo@invalid bundle 1'
git -C copy fsck --strict >/dev/null 2>&1 || fault 'git fsck'
is 'work tree of the publisher' "$(git -C press status --porcelain)" ''

# The same again adds nothing; a dry run neither.
head=$(git -C press rev-parse main)
expect 0 '' publish press edition
is 'head after nothing new' "$(git -C press rev-parse main)" "$head"
article 1 >one.jsonl
expect 0 'would publish: 1 new' "$MIMEO" --library press.library publish -C press --dry-run one.jsonl
is 'head after a dry run' "$(git -C press rev-parse main)" "$head"
expect 0 'published: 12 unchanged, no bundle' "$MIMEO" --library press.library publish -C press --key press.key edition

# The same from a bare repository, a directory without git, a bundle file and many in a row.
git clone -q --mirror press bare
expect 0 'good' mimeo verify bare
cp -R copy plain
rm -rf plain/.git
expect 0 'good' mimeo verify plain
expect 8 '1 of the 2 bundles are not held' mimeo verify copy/bundles/00/00/02.mimeo
cat copy/bundles/00/00/0[12].mimeo >both.mimeo
expect 0 'good' mimeo verify --deep both.mimeo
is 'articles in a pack' "$(mimeo list both.mimeo | wc -l)" 12
cp both.mimeo older.mimeo

# Standard input, a heartbeat, a correction.
article 1 | publish press - || fault 'publishing standard input'
expect 0 'nothing, in 1 bundle (4)' "$MIMEO" --library press.library publish -C press --key press.key --heartbeat
article 1 'Article one' >one.jsonl
expect 0 '1 revised' "$MIMEO" --library press.library revise -C press --key press.key --note 'the number was wrong' a-1 one.jsonl
expect 0 'Article one' mimeo read -C press a-1
expect 0 'the number was wrong' mimeo read -C press a-1
expect 0 'revision 1' mimeo read -C press --history a-1
is 'versions in the history' "$(wc -l <out)" 2
expect 10 "no article 'nosuch'" "$MIMEO" --library press.library revise -C press --key press.key nosuch one.jsonl

# Taken back: a stub stays.
expect 0 '1 retracted' "$MIMEO" --library press.library retract -C press --key press.key --reason 'it was not true' a-1
expect 0 'it was not true' mimeo read -C press a-1
is 'a retracted article in the list' "$(mimeo list press | grep -c a-1)" 0
is 'and with --retracted' "$(mimeo list press --retracted | grep -c a-1)" 1
expect 0 'was retracted' "$MIMEO" --library press.library publish -C press --key press.key one.jsonl
is 'and it stays so' "$(mimeo list press | grep -c a-1)" 0

# Two pages of one name in two directories; a page that its directory names.
mkdir -p site/one site/two
printf '<h1>One</h1><p>one</p>' >site/one/index.html
printf '<h1>Two</h1><p>two</p>' >site/two/index.html
expect 0 '' publish press site
is 'articles named by their directory' "$(mimeo list press | cut -f2 | grep -cx -e one -e two)" 2
printf '<h1>Tide</h1><p>one</p>' >site/one/tide.html
printf '<h1>Tide</h1><p>two</p>' >site/two/tide.html
expect 10 "has the id 'tide' too" publish press site/one/tide.html site/two/tide.html

# To protect people: the text goes, from the history of the publisher too.
word=hydrophone
printf '{"id":"witness","title":"The witness","body":"<p>%s %s</p>"}\n' "$word" "$(date)" >witness.jsonl
article 2 >>witness.jsonl
publish press witness.jsonl
git clone -q press before
expect 2 'name --yes' "$MIMEO" --library press.library retract -C press --key press.key --erase witness </dev/null
expect 0 '1 retracted' "$MIMEO" --library press.library retract -C press --key press.key --erase --yes witness
expect 0 'erased by bundle' mimeo verify --deep press
expect 0 '' mimeo read -C press witness
grep -q "$word" out && fault 'an erased article can be read'
expect 0 'Text of article 2' mimeo read -C press a-2
is 'commits after an erasure' "$(git -C press rev-list --count main)" 1
is 'unreachable objects after an erasure' "$(git -C press fsck --unreachable 2>/dev/null | wc -l)" 0
git -C press fsck --strict >/dev/null 2>&1 || fault 'git fsck after an erasure'

# What lists and readings can do.
is 'articles in Persian' "$(mimeo list copy --lang fa | wc -l)" 2
is 'articles of an author' "$(mimeo list copy --author corvale --json | jq -r .id | wc -l)" "$(mimeo list copy --json | jq -r 'select((.bylines // []) | map(ascii_downcase) | any(contains("corvale"))) | .id' | wc -l)"
is 'articles since a day' "$(mimeo list copy --since 2026-11-20 --until 2026-11-22 --json | jq -r .published | sort | head -1 | cut -c1-10)" 2026-11-20
is 'the newest two' "$(mimeo list copy --limit 2 | wc -l)" 2
mimeo list copy --json | jq -e . >/dev/null || fault 'list --json is no JSON'
id=$(mimeo list copy --json | jq -r 'select(.media) | .id' | head -1)
mimeo read -C copy --json "$id" | jq -e '.html and .text and .media' >/dev/null || fault 'read --json'
expect 0 '' mimeo read -C copy --picture 1 -o picture "$id"
is 'the picture' "$(b2sum -l 256 picture | cut -d' ' -f1)" "$(mimeo read -C copy --json "$id" | jq -r '.media[0].hash')"
expect 1 'the article has 1 picture' mimeo read -C copy --picture 9 -o nothing "$id"
[ ! -e nothing ] || fault 'a picture that is not there was written'
expect 0 '<p>' mimeo read -C copy --html "$id"

# An old copy is told as one; an old part that somebody handed on is just that.
expect 7 'rollback' mimeo verify copy
expect 8 'a part: up to bundle 2' mimeo verify older.mimeo
expect 0 'unjoined' mimeo read -C older.mimeo "$id"
done_testing
