#!/bin/sh
# Publishing pages, feeds and archives: once, again, changed, retracted, twice in one run.
set -u
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/pages.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"
need jq python3

counts() { # FILE: of the last line of --json
    tail -n 1 "$1" | jq -rc '[.new, .revised, .unchanged, .retracted, .skipped, .refused] | map(tostring) | join(" ")'
}
make_publisher press

# ---- a directory of everything ----

mkdir in
page 1 'Ferry out of service' '' '<link rel="canonical" href="https://island.example/2026/ferry.html">' >in/one.html
page 2 'Bus instead of boat' >in/two.html
front_page >in/front.html
feed https://island.example 'First entry' 'Second entry' >in/feed.xml
printf '<?xml version="1.0"?><urlset><url><loc>https://island.example/</loc></url></urlset>\n' >in/sitemap.xml
expect 0 '' publish press --json in
is 'the first time' "$(counts out)" '4 0 0 0 2 0'
is 'why something was skipped' "$(jq -r 'select(.outcome == "skipped") | .message' out | grep -c '\(front.html\|sitemap.xml\): ')" 2
expect 0 '' publish press --json in
is 'the same again' "$(counts out)" '0 0 4 0 2 0'
is 'no bundle' "$(tail -n 1 out | jq .bundles)" 0
expect 0 '2 skipped' mimeo --library press.library publish -C press --key press.key in
id=$(mimeo --library press.library -C press list --json | jq -r 'select(.title == "Ferry out of service") | .id')
is 'its address' "$(mimeo --library press.library -C press read "$id" --json | jq -r .url)" https://island.example/2026/ferry.html
case $id in
ferry-????????) ;;
*) fault "the id of a page with an address of its own is '$id'" ;;
esac
is 'its time' "$(mimeo --library press.library -C press read "$id" --json | jq -r .published)" 2026-11-01T07:30:00Z

# ---- changes ----

# A new time alone is no revision; a new word is.
sed 's/<meta name="author"/<meta property="article:modified_time" content="2026-11-20T10:00:00Z"><meta name="keywords" content="boats"><meta name="author"/' in/two.html >two.html
mv two.html in/two.html
expect 0 '' publish press --json in
is 'touched, not changed' "$(counts out)" '0 0 4 0 2 0'
sed 's/Nobody was hurt/One man was hurt/' in/two.html >two.html
mv two.html in/two.html
expect 0 '' publish press --json in
is 'a word is changed' "$(counts out)" '0 1 3 0 2 0'
sed -e 's/<pubDate>Mon, 02/<category>sea<\/category><pubDate>Mon, 03/' -e 's/First entry/First entry, corrected/' in/feed.xml >feed.xml
mv feed.xml in/feed.xml
expect 0 '' publish press --json in
is 'a title of the feed is changed' "$(counts out)" '0 1 3 0 2 0'

# ---- retractions, by a feed that says so ----

cat >in/feed.atom <<'END'
<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Island Courier</title>
<id>https://island.example/feed</id><updated>2026-11-20T00:00:00Z</updated>
<at:deleted-entry ref="island-2" when="2026-11-20T00:00:00Z"><at:comment>It was wrong.</at:comment></at:deleted-entry></feed>
END
expect 0 '' publish press --json in/feed.atom
is 'a deleted entry' "$(counts out)" '0 0 0 1 0 0'
expect 0 '' publish press --json in
is 'what was retracted stays so' "$(tail -n 1 out | jq -c '[.new, .revised, .retracted, .refused]')" '[0,0,0,0]'
grep -q 'was retracted' out || fault 'the retracted entry is not told'

# ---- twice in one run ----

mkdir twice
page 5 'One page' '' '<link rel="canonical" href="https://island.example/five.html">' >twice/a.html
page 5 'One page' '' '<link rel="canonical" href="https://island.example/five.html">' >twice/b.html
page 6 'Another story' '' '<link rel="canonical" href="https://island.example/five.html">' >twice/c.html
expect 0 '' publish press --json twice
is 'two of three: one address, but two titles, are two articles' "$(counts out)" '2 0 0 0 1 0'
grep -q 'in this run before' out || fault 'the reason is not told'
expect 0 '' publish press --json twice
is 'and again' "$(counts out)" '0 0 2 0 1 0'
# Of two files of one name, in pages that say no address, neither is lost in silence.
mkdir -p names/a names/b
page 7 'One more page' >names/a/source.html
page 8 'And another' >names/b/source.html
expect 10 "the id 'source' too: give one of them another file name" publish press --json names
is 'two files of one name' "$(counts out)" '1 0 0 0 0 1'
expect 10 '' publish press --json names
is 'and again' "$(counts out)" '0 0 1 0 0 1'
# No page takes another site's address, and none its own front page's.
mkdir claims
page 7 'A claim' '' '<link rel="canonical" href="https://island.example/">' >claims/front.html
expect 0 '' publish press --json claims
is 'a page that says that it is the front page' "$(head -n 1 out | jq -r .id)" front

# ---- feeds that carry no articles ----

cat >summary.xml <<'END'
<?xml version="1.0"?><rss version="2.0"><channel><title>Short</title><link>https://short.example/</link>
<item><title>One</title><link>https://short.example/1</link><description>Only the beginning of it …</description></item>
<item><title>Two</title><link>https://short.example/2</link><description>Only the beginning of that …</description></item>
</channel></rss>
END
expect 0 'only summaries' mimeo --library press.library publish -C press --key press.key --dry-run summary.xml

# One without an entry says which it is, and is no failure: tomorrow it has some.
printf '<rss version="2.0"><channel><title>Empty</title></channel></rss>' >empty.xml
printf '{"version": "https://jsonfeed.org/version/1.1", "title": "Empty", "items": []}' >empty.json
expect 0 'skipped: empty.xml: this feed (RSS) has no entry' mimeo --library press.library publish -C press --key press.key --dry-run empty.xml
expect 0 'skipped: empty.json: this feed (JSON Feed) has no entry' mimeo extract empty.json in/one.html

# ---- an archive ----

python3 - <<'END'
import gzip, struct, subprocess
def record(kind, url, date, body, mime="text/html"):
    http = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (mime.encode(), len(body)) + body
    head = ("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\n"
            "Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % (kind, url, date, abs(hash(url + date)), len(http)))
    return gzip.compress(head.encode() + http + b"\r\n\r\n")
def page(number, title, extra):
    return subprocess.run(["sh", "-c", '. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"; page "$0" "$1" "$2"', number, title, extra],
                          check=True, stdout=subprocess.PIPE).stdout
subprocess.run(["sh", "-c", '. "$MIMEO_SOURCE_DIR/tests/e2e/pages.sh"; picture 3 boat.png; front_page >front'], check=True)
picture = '<figure><img src="/img/boat.png" alt="Boat"><figcaption>The old ferry</figcaption></figure>'
with open("site.warc.gz", "wb") as f:
    f.write(record("response", "https://crawl.example/", "2026-11-01T00:00:00Z", open("front", "rb").read()))
    f.write(record("response", "https://crawl.example/old-ferry", "2026-11-01T00:00:00Z", page("7", "Before it was mended", picture)))
    f.write(record("response", "https://crawl.example/img/boat.png", "2026-11-01T00:00:00Z", open("boat.png", "rb").read(), "image/png"))
    f.write(record("response", "https://crawl.example/old-ferry", "2026-11-05T00:00:00Z", page("7", "After it was mended", picture)))
with open("boats.warc.gz", "wb") as f:
    f.write(record("response", "https://crawl.example/img/boat.png", "2026-11-01T00:00:00Z", open("boat.png", "rb").read(), "image/png"))
with open("zeros.zim", "wb") as f: # of which no entry is anywhere
    f.write(b"ZIM\4" + struct.pack("<HH16xIIQQQQIIQ", 6, 1, 10, 2, 80, 160, 240, 80, 0, 0xFFFFFFFF, 1000) + bytes(2000))
END
expect 0 '' publish press --json site.warc.gz
is 'one page of four records' "$(counts out)" '1 0 0 0 2 0'
id=$(mimeo --library press.library -C press list --json | jq -r 'select(.title == "After it was mended") | .id')
is 'the picture from the archive' "$(mimeo --library press.library -C press read "$id" --json | jq -r '.media[0].caption')" 'The old ferry'
is 'where it was published' "$(mimeo --library press.library -C press read "$id" --json | jq -r .url)" https://crawl.example/old-ferry
expect 0 '' publish press --json site.warc.gz
is 'the archive again' "$(counts out)" '0 0 1 0 2 0'
# A torn archive gives what is whole, and says what is not.
head -c 2500 site.warc.gz >torn.warc.gz
expect 0 'cut short' mimeo --library press.library publish -C press --key press.key --older --dry-run torn.warc.gz in/one.html
grep -q '1 unchanged' out || fault 'a torn archive stops the rest'
# Through pipes, whatever they are called; nothing is read twice to learn from it.
mkdir tmp
for kind in '-' /dev/stdin; do
    # shellcheck disable=SC2002 # a pipe is what is meant
    cat site.warc.gz | TMPDIR=$PWD/tmp mimeo extract --json "$kind" >out 2>err || fault "an archive from the pipe $kind is not read"
    is "the page from $kind" "$(jq -r 'select(.title) | .title' out)" 'After it was mended'
    is "its picture from $kind" "$(jq -r 'select(.title) | .images[0].caption' out)" 'The old ferry'
done
is 'what is left of it' "$(ls -A tmp)" ''
expect 0 'After it was mended' mimeo extract - <site.warc.gz
for name in pipe pipe.warc.gz pipe.html; do
    mkfifo "$name"
    cat site.warc.gz >"$name" &
    expect 0 'After it was mended' mimeo extract "$name" in/one.html in/two.html in/feed.xml
    kill $! 2>/dev/null # had it never been opened
    wait $!
done
for file in in/one.html in/feed.xml; do
    cat "$file" >pipe &
    expect 0 '' mimeo extract --json pipe in/one.html in/two.html
    grep -q 'pipe' out || fault "nothing comes of $file through a pipe"
    kill $! 2>/dev/null # had it never been opened
    wait $!
done
# An archive without a page is not passed over in silence.
expect 10 'boats.warc.gz: there is no page' mimeo --library press.library publish -C press --key press.key --dry-run boats.warc.gz
expect 10 'zeros.zim: 10 of its entries are damaged' mimeo --library press.library publish -C press --key press.key --dry-run zeros.zim
# A ZIM file that was changed is read as far as it goes, and said to be.
expect 10 'checksum: its checksum does not hold' mimeo extract --json "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/zim/checksum"
expect 10 'nowhere: its checksum is not at its end' mimeo extract --json "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/zim/checksum-nowhere"
expect 10 "'archive/data.warc.gz' in it is not what its datapackage.json says" mimeo extract --json "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/wacz/sha256-other"
mkdir boats && cp boats.warc.gz boats/
expect 0 'boats.warc.gz: there is no page' mimeo --library press.library publish -v -C press --key press.key --dry-run boats in/one.html

expect 0 '' mimeo --library press.library verify press
done_testing
