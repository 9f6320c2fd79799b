#!/bin/sh
# Feeds and WordPress's exports, published: what becomes new, a revision, a retraction, nothing.
# shellcheck source=tests/e2e/lib.sh
. "$MIMEO_SOURCE_DIR/tests/e2e/lib.sh"
need python3

make_publisher press
# The summary's count of what a publication gave.
count() { # NAME
    python3 -c 'import json, sys
for line in open("out"): last = json.loads(line)
print(last[sys.argv[1]])' "$1"
}

cat >feed.xml <<'EOF'
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Harbour</title>
<entry><id>tag:harbour.example,2024:1</id><title>The ferry stops</title><link href="https://harbour.example/ferry"/>
<published>2024-01-01T08:00:00+02:00</published><updated>2024-01-02T00:00:00Z</updated><author><name>Mira Okafor</name></author>
<content type="html">&lt;p&gt;The ferry stopped on Monday.&lt;/p&gt;&lt;p&gt;Nobody knew why.&lt;/p&gt;</content></entry>
<entry><id>https://harbour.example/crane</id><title>The crane falls</title><link href="https://harbour.example/crane"/>
<updated>2024-01-02T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The crane fell on Tuesday.</p><p>It was tall.</p></div></content></entry>
</feed>
EOF
expect 0 '' publish press --json feed.xml
is 'new of a feed' "$(count new)" 2
expect 0 '' publish press --json feed.xml
is 'unchanged of the same feed' "$(count unchanged)" 2

# Touched, not changed: no revision.
sed 's/<updated>2024-01-02/<updated>2024-05-05/' feed.xml >touched.xml
expect 0 '' publish press --json touched.xml
is 'revised where only the time changed' "$(count revised)" 0
sed 's/Nobody knew why/Everybody knew why/' feed.xml >changed.xml
expect 0 '' publish press --json changed.xml
is 'revised where a text changed' "$(count revised)" 1
sed 's/The crane falls/A crane falls/; s/Nobody knew why/Everybody knew why/' feed.xml >changed.xml
expect 0 '' publish press --json changed.xml
is 'revised where a title changed' "$(count revised)" 1

# RFC 6721.
cat >deleted.xml <<'EOF'
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
<at:deleted-entry ref="tag:harbour.example,2024:1" when="2024-06-01T00:00:00Z"><at:comment>It never happened</at:comment></at:deleted-entry>
</feed>
EOF
expect 0 '' publish press --json deleted.xml
is 'retracted' "$(count retracted)" 1
gone=$(python3 -c 'import json; print(json.loads(open("out").readline())["id"])')
expect 0 'It never happened' mimeo -C press read "$gone"

# One article, one id: from the feed and as a page.
cat >crane.html <<'EOF'
<!DOCTYPE html><html lang="en"><head><title>A crane falls</title><link rel="canonical" href="https://harbour.example/crane"></head>
<body><article><h1>A crane falls</h1><p>The crane fell on Tuesday, and it was a tall crane as cranes go in this harbour, people said.</p>
<p>Nobody knew why it fell, and those who might have known were not to be found when we asked for them.</p></article></body></html>
EOF
expect 0 '' publish press --json crane.html
is 'new of the page that the feed had' "$(count new)" 0
is 'revised of it' "$(count revised)" 1

# WordPress's export: posts alone, and those of them that were published.
expect 0 "'A draft about the mayor': a draft" publish press --json --images none "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/feed/wxr.xml"
is 'new of an export' "$(count new)" 2
is 'skipped of it' "$(count skipped)" 4
expect 0 '' publish press --json --images none "$MIMEO_SOURCE_DIR/tests/fuzz/corpus/feed/wxr.xml"
is 'new of it again' "$(count new)" 0
expect 0 'Mira Okafor' mimeo -C press list --json

# Only summaries: said.
printf '%s' '<rss><channel><item><guid>s1</guid><title>A</title><description>A short word on it</description></item>
<item><guid>s2</guid><title>B</title><description>Another &amp;hellip;</description></item></channel></rss>' >summaries.xml
expect 0 'carries only summaries' publish press --json summaries.xml

# From a pipe; and what is no feed is refused by its name.
sed 's/harbour.example/pipe.example/g' feed.xml >piped.xml
checks=$((checks + 1))
timeout 60 "$MIMEO" --library press.library publish -C press --key press.key --json - <piped.xml >out 2>err || fault 'a feed from a pipe'
is 'new of a feed from a pipe' "$(count new)" 2
done_testing
