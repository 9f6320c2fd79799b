#!/bin/sh
# The page beside a mirror's files: pushing puts both of its files into a directory that a host serves and keeps them
# current, touches nobody else's unasked, and verify tells whose they are.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git

# shellcheck disable=SC2317 # called by expect
own() { mimeo --library press.library push -C press "$@"; }
service=$MIMEO_SOURCE_DIR/mirror/web/page/reader-offline.js

make_publisher press
article 1 | publish press - >/dev/null 2>&1 || fault publish
printf '<!DOCTYPE html><title>one</title>\n' >one.html
printf '<!DOCTYPE html><title>the next</title>\n' >two.html

# ---- both files, kept current ----
expect 0 'pushed     ./www' own --with-reader --page one.html ./www
cmp -s one.html www/reader.html || fault 'the page is another'
cmp -s "$service" www/reader-offline.js || fault 'what keeps it offline is another'
is 'who may read them' "$(stat -c %a www/reader.html www/reader-offline.js | tr '\n' ' ')" '644 644 '
expect 0 'unchanged  www' own --with-reader --page one.html www
expect 0 'pushed     www' own --with-reader --page two.html www
cmp -s two.html www/reader.html || fault 'the page is not brought up to date'
echo old >www/reader-offline.js
expect 0 'pushed     www' own --with-reader --page two.html www
cmp -s "$service" www/reader-offline.js || fault 'what keeps it offline is not brought up to date'
# With a new bundle the page stays.
article 2 | publish press - >/dev/null 2>&1 || fault publish
expect 0 'pushed     www' own --with-reader --page two.html www
cmp -s two.html www/reader.html || fault 'a new bundle changed the page'
expect 0 'good' mimeo --library press.library verify www
grep -qF 'reader-offline.js' out || fault 'verify is silent of what keeps the page offline'
grep -qF "works offline, byte for byte" out || fault 'verify does not know its own reader-offline.js'
echo other >www/reader-offline.js
expect 0 'the page that it keeps may be any' mimeo --library press.library verify www
expect 0 '' mimeo -q trust add "$(mimeo -q --library press.library head --link press)" --petname press
expect 0 '' mimeo clone www

# ---- not asked, or not wanted ----
expect 0 'pushed     ./bare' own ./bare
{ [ ! -e bare/reader.html ] && [ ! -e bare/reader-offline.js ]; } || fault 'a page that nobody asked for'
echo mine >bare/reader.html
expect 0 'unchanged  bare' own bare
is 'a page of theirs' "$(cat bare/reader.html)" mine
# Is one built in?  It may have been made elsewhere.
if mimeo --library press.library export --with-reader -o own.mimeo press >out 2>err; then
    expect 0 'unchanged  bare' own bare
    grep -qF 'its reader.html is not the one of this mimeo: --with-reader replaces it' err || fault 'another page is not told'
    expect 0 'pushed     bare' own --with-reader bare
    cmp -s reader.html bare/reader.html || fault 'the page that is built in is another'
    expect 0 'it is the reading page of this mimeo, byte for byte' mimeo --library press.library verify bare
    expect 0 'unchanged  bare' own bare
    grep -qF 'not the one' err && fault 'its own page is called another'
else
    expect 1 'built without the page' own --with-reader ./none
    [ ! -e none ] || fault 'something was pushed without the page'
fi
expect 2 '--page goes with --with-reader' own --page one.html www
expect 1 "cannot read the page 'no.html'" own --with-reader --page no.html www
expect 1 "cannot read the page '.'" own --with-reader --page . www

# ---- places that take none ----
git init -q --bare press.git
expect 0 'a git repository has no place for the page' own --with-reader --page one.html press.git
is 'pages in the repository' "$(git -C press.git ls-tree -r --name-only main | grep -c reader)" 0
# A link that a stranger left is replaced, never written through.
rm www/reader.html && echo precious >precious && ln -s "$work/precious" www/reader.html
expect 0 'pushed     www' own --with-reader --page one.html www
is 'what the link led to' "$(cat precious)" precious
{ [ ! -L www/reader.html ] && cmp -s one.html www/reader.html; } || fault 'the link is still there'
# A directory of that name is in the way: said, and nothing half-written.
rm www/reader.html && mkdir www/reader.html
expect 1 'reader.html' own --with-reader --page one.html www
is 'temporary files' "$(find www -name '.mimeo-tmp-*' | wc -l)" 0
done_testing
