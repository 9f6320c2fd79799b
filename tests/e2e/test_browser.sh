#!/bin/sh
# A real browser reads what the cleaner wrote as what the cleaner meant: body.innerHTML is the
# cleaned HTML byte for byte, nothing of it runs, and nothing is requested.  The check first proves
# that it would notice: an uncleaned page must run and must request.
# label: browser
set -eu

command -v chromium >/dev/null 2>&1 || { echo 'SKIP: no chromium'; exit 77; }
tool=$MIMEO_BUILD_DIR/tests/clean_tool
[ -x "$tool" ] || { echo 'SKIP: clean_tool is not built'; exit 77; }
cases=$(dirname "$0")/hostile_html.txt
work=$(mktemp -d)
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null || :; rm -rf "$work"' EXIT
fail() { printf 'FAIL: %s\n' "$*"; exit 1; }

# browse PAGE: its DOM, as a browser has it, in $work/dom.
browse() {
    rm -rf "$work/profile"
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --dump-dom "file://$1" >"$work/dom" 2>"$work/talk" ||
        { tail -5 "$work/talk"; fail "the browser ends with an error on $1"; }
}

# page < BODY > PAGE: without a line end behind it, which would become the body's.
page() {
    printf '<!DOCTYPE html><html><head><meta charset="utf-8"><title>untouched</title></head><body>'
    cat
    printf '</body></html>'
}

# What a browser writes of the same tree: " in text as it is, and no second line end behind <pre>.
as_written() {
    awk 'BEGIN { RS = "<"; ORS = "" }
         { end = index($0, ">")
           text = substr($0, end + 1)
           gsub(/&quot;/, "\"", text)
           if (/^pre[ >]/) sub(/^\n/, "", text)
           print (NR > 1 ? "<" : "") substr($0, 1, end) text }'
}

: >"$work/hits"
"$tool" listen "$work/hits" >"$work/port" 2>/dev/null &
listener=$!
tries=0
until [ -s "$work/port" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail 'the listener does not begin'
    sleep 0.1
done
here=http://127.0.0.1:$(cat "$work/port")

# ---- would it be noticed?
printf '<img src="%s/x"><script>document.title = "ran"</script>' "$here" | page >"$work/bad.html"
browse "$work/bad.html"
grep -q '<title>ran</title>' "$work/dom" || fail 'a script that runs is not noticed'
[ -s "$work/hits" ] || fail 'a request is not noticed'
: >"$work/hits"

# ---- one page each of hostile_html.txt; HERE is the listener, RUN a script's text

count=0
while IFS= read -r line; do
    count=$((count + 1))
    printf '%s' "$line" | sed "s|HERE|$here|g; s|RUN|document.title=1|g" >"$work/case.html"
    "$tool" clean <"$work/case.html" >"$work/clean.html" || fail "case $count is refused"
    page <"$work/clean.html" >"$work/page.html"
    browse "$work/page.html"
    grep -q '<title>untouched</title>' "$work/dom" || fail "case $count runs: $(cat "$work/clean.html")"
    [ ! -s "$work/hits" ] || fail "case $count makes a request: $(cat "$work/clean.html")"
    page <"$work/clean.html" | as_written | sed '1s/^<!DOCTYPE html>//' >"$work/expected"
    tr '\n' '\r' <"$work/dom" | sed '1s/^<!DOCTYPE html>\r*//' | tr '\r' '\n' >"$work/got"
    echo >>"$work/expected" # --dump-dom ends with a line end
    cmp -s "$work/expected" "$work/got" || {
        diff "$work/expected" "$work/got" || :
        fail "case $count is another tree in the browser"
    }
done <"$cases"

# ---- many at once, as fragments and as whole documents
"$tool" soup 3000 >"$work/soup.html"
browse "$work/soup.html"
grep -q '<title>same 3000</title>' "$work/dom" || {
    grep -o '<title>.*</title>' "$work/dom" | head -c 4000
    fail 'a cleaned tag soup is another tree in the browser'
}
[ ! -s "$work/hits" ] || fail 'a tag soup makes a request'

echo "$count pages and 3000 fragments are in the browser what they are here"
