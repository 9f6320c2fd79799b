#!/bin/sh
# Archives in any order: an older copy of an article never gets over a newer one, unless that is asked for.
set -u
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/pages.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"
need jq python3

# warc FILE DATE PAGE: one page of https://crawl.example/boat, as it was on that date; "-": the date is not known.
warc() {
    python3 - "$@" <<'END_PY'
import gzip, sys
file, date, page = sys.argv[1:]
body = open(page, 'rb').read()
http = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n' % len(body) + body
head = 'WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://crawl.example/boat\r\n'
head += '' if date == '-' else 'WARC-Date: %s\r\n' % date
head += 'Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n' % len(http)
with open(file, 'wb') as f:
    f.write(gzip.compress(head.encode() + http + b'\r\n\r\n'))
END_PY
}
mhtml() { # FILE DATE PAGE
    {
        printf 'From: <Saved by Blink>\r\nSnapshot-Content-Location: https://crawl.example/boat\r\nDate: %s\r\n' "$2"
        printf 'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\n'
        printf 'Content-Type: text/html\r\nContent-Location: https://crawl.example/boat\r\n\r\n'
        cat "$3"
        printf '\r\n------b--\r\n'
    } >"$1"
}
counts() { # of the last line of --json
    tail -n 1 out | jq -rc '[.new, .revised, .unchanged, .kept, .skipped, .refused] | map(tostring) | join(" ")'
}
text() {
    mimeo --library press.library -C press list --json | jq -r .id | while read -r id; do
        mimeo --library press.library -C press read "$id" --text
    done | grep -o 'number [0-9]*' | tr '\n' ' '
}

for n in 1 2 3 4; do
    page "$n" 'The boat' >"page-$n"
done
warc 2024.warc.gz 2024-03-01T10:00:00Z page-2
warc 2022.warc.gz 2022-03-01T10:00:00Z page-1
warc 2025.warc.gz 2025-03-01T10:00:00Z page-2
warc 2026.warc.gz 2026-03-01T10:00:00Z page-3

# ---- the newer first, then the older ----

make_publisher press
expect 0 '' publish press --json 2024.warc.gz
is 'the newer' "$(counts)" '1 0 0 0 0 0'
expect 0 '' publish press --json 2022.warc.gz
is 'the older is kept out' "$(counts)" '0 0 0 1 0 0'
is 'and its outcome' "$(head -n 1 out | jq -r .outcome)" kept
is 'what is published' "$(text)" 'number 2 '
expect 0 'kept: 2022.warc.gz: https://crawl.example/boat: ' \
    mimeo --library press.library publish -C press --key press.key 2022.warc.gz
grep -q 'is newer, of 2024-03-01T10:00:00Z; this copy is of 2022-03-01T10:00:00Z (--older' err || fault 'the times are not told'
expect 0 'published: 1 kept, no bundle' mimeo --library press.library publish -C press --key press.key 2022.warc.gz
mhtml 2023.mhtml 'Wed, 1 Mar 2023 10:00:00 -0000' page-4
expect 0 '' publish press --json 2023.mhtml
is 'a browser says when it saved a page' "$(counts)" '0 0 0 1 0 0'

# The same text, seen again later, was still so then, though nothing is published for it.
expect 0 '' publish press --json 2025.warc.gz
is 'seen again' "$(counts)" '0 0 1 0 0 0'
mhtml 2024.mhtml 'Fri, 1 Nov 2024 10:00:00 +0100' page-4
expect 0 '' publish press --json 2024.mhtml
is 'older than when it was seen last' "$(counts)" '0 0 0 1 0 0'

expect 0 '' publish press --json 2026.warc.gz
is 'a newer one revises' "$(counts)" '0 1 0 0 0 0'
is 'what it says' "$(text)" 'number 3 '

# ---- where it is meant ----

expect 0 '' publish press --json --older --dry-run 2022.warc.gz
is 'the older, on wish' "$(counts)" '0 1 0 0 0 0'
id=$(mimeo --library press.library -C press list --json | jq -r .id)
expect 0 '' mimeo --library press.library revise -C press --key press.key "$id" 2022.warc.gz
is 'by revise' "$(text)" 'number 1 '

# What the newsroom said itself is newer than any archive from before.
expect 0 '' publish press --json 2026.warc.gz
is 'a correction of today stays' "$(counts)" '0 0 0 1 0 0'

# ---- the times are lost with the cache: then nothing older than the publication gets over it ----

rm -f press/.git/mimeo/catalog*
expect 0 '' publish press --json 2026.warc.gz
is 'without the cache' "$(counts)" '0 0 0 1 0 0'
is 'it is still' "$(text)" 'number 1 '

# ---- several in one run, in any order ----

make_publisher more
expect 0 '' mimeo --library more.library publish -C more --key more.key --json 2022.warc.gz 2024.warc.gz 2025.warc.gz 2026.warc.gz
is 'from old to new' "$(counts)" '1 2 0 0 1 0'
expect 0 '' mimeo --library more.library publish -C more --key more.key --json 2022.warc.gz 2024.warc.gz 2025.warc.gz 2026.warc.gz
is 'and again' "$(counts)" '0 0 1 3 0 0'
make_publisher back
expect 0 '' mimeo --library back.library publish -C back --key back.key --json 2026.warc.gz 2025.warc.gz 2022.warc.gz
is 'from new to old' "$(counts)" '1 0 0 2 0 0'

# ---- without a time of capture: by what the page says of itself ----

modified() { # NUMBER DATE
    page "$1" 'The boat' '' "<meta property=\"article:modified_time\" content=\"$2\">"
}
modified 1 2026-11-10T10:00:00Z >later
modified 2 2026-11-08T10:00:00Z >earlier
warc later.warc.gz - later
warc earlier.warc.gz - earlier
make_publisher undated
undated() {
    expect 0 '' mimeo --library undated.library publish -C undated --key undated.key --json "$@"
}
undated later.warc.gz
undated earlier.warc.gz
is 'the one modified earlier' "$(counts)" '0 0 0 1 0 0'
head -n 1 out | grep -q 'modified 2026-11-10T10:00:00Z; this copy is of 2026-11-08' || fault 'the times are not told'
rm -f undated/.git/mimeo/catalog*
undated earlier.warc.gz
is 'which the bundles say too' "$(counts)" '0 0 0 1 0 0'
undated --older earlier.warc.gz
is 'on wish' "$(counts)" '0 1 0 0 0 0'

# A date in the future is no way to keep all others out.
warc 2090.warc.gz 2090-01-01T00:00:00Z page-4
undated 2090.warc.gz
is 'from the future' "$(counts)" '0 1 0 0 0 0'
page 3 'The boat' '' '<link rel="canonical" href="https://crawl.example/boat">' >saved.html
undated saved.html
is 'a page from now' "$(counts)" '0 1 0 0 0 0'

done_testing
