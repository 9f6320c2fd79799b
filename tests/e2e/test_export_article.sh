#!/bin/sh
# Articles as files that anything opens: clean, with the pictures inside, loading and running nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need git jq python3 openssl

make_publisher press
python3 - <<'END'
import json
import struct
import zlib
def png(path, shade):
    chunk = lambda k, d: struct.pack('>I', len(d)) + k + d + struct.pack('>I', zlib.crc32(k + d))
    rows = b''.join(b'\0' + bytes([shade] * 8) for _ in range(8))
    open(path, 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 8, 8, 8, 0, 0, 0, 0)) +
                           chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
png('map.png', 1)
png('other.png', 2)
articles = [
    {'id': 'ferry', 'lang': 'en', 'section': 'Harbour', 'title': 'A <b>bold</b> & "quoted" title', 'byline': 'By <i>Ann</i>',
     'subtitle': 'Sub', 'url': 'https://courier.example/ferry?a=1&b=2', 'published': '2026-11-20T08:00:00Z',
     'body': '<p>See <img src="map.png" alt="the map"> and <img src="map.png" alt="again">: '
             '<a href="https://elsewhere.example/">there</a>.</p><script>alert(1)</script>'
             '<p onclick="alert(2)">It is written src="map.png" here.</p>', 'images': ['map.png', 'other.png']},
    {'id': 'persian', 'lang': 'fa', 'dir': 'rtl', 'title': 'عنوان', 'body': '<p>متن مقاله</p>'},
    {'id': 'wrong', 'lang': 'en', 'title': 'To be retracted', 'body': '<p>Wrong words.</p>'},
]
open('articles.jsonl', 'w').write(''.join(json.dumps(a) + '\n' for a in articles))
END
publish press articles.jsonl || fault 'publishing'
printf '{"id":"wrong","action":"retract","note":"It was wrong."}\n' | publish press -
pin press

# ---- HTML ----

expect 0 'ferry.html' mimeo export -C press --html -o ferry.html ferry
python3 - ferry.html <<'END' || fault 'the HTML file is not as it should be'
import base64
import html.parser
import re
import sys
text = open(sys.argv[1], encoding='utf-8').read()
events = []
class Parser(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        events.append((tag, dict(attrs)))
Parser().feed(text)
tags = [t for t, _ in events]
assert 'script' not in tags and 'link' not in tags and 'iframe' not in tags, tags
for tag, attrs in events:
    assert not any(a.startswith('on') or a == 'style' for a in attrs), attrs
images = [a for t, a in events if t == 'img']
assert len(images) == 3, images
for a in images:
    kind, data = re.fullmatch(r'data:(image/png);base64,([A-Za-z0-9+/=]+)', a['src']).groups()
    assert base64.b64decode(data, validate=True)[1:4] == b'PNG'
by_alt = {a.get('alt'): a['src'] for a in images}
assert by_alt['the map'] == by_alt['again'] != by_alt[None]
policy = [a['content'] for t, a in events if a.get('http-equiv') == 'Content-Security-Policy'][0]
assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-"), policy
assert {'name': 'referrer', 'content': 'no-referrer'} in [a for t, a in events if t == 'meta']
assert '<title>Article</title>' in text # nothing of the article where a window or a list of windows shows it
assert '<h1>A &lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot; title</h1>' in text
assert 'By &lt;i&gt;Ann&lt;/i&gt;' in text
assert 'alert' not in text
assert 'It is written src="map.png" here.' in text.replace('&quot;', '"')
assert '<article lang="en" dir="auto">' in text
assert '<img src="map.png"' not in text
assert 'Nobody signed this copy' in text
END
# The policy lets in the style that is there, and no other.
style=$(python3 -c '
import re
import sys
sys.stdout.write(re.search("<style>(.*)</style>", open("ferry.html").read(), re.S).group(1))' | openssl dgst -sha256 -binary | base64)
grep -qF "style-src 'sha256-$style'" ferry.html || fault 'the policy names another style'

expect 0 '' mimeo export -C press --html -o - ferry persian wrong
is 'articles in one file' "$(grep -c '<article' out)" 3
grep -qF '<article lang="fa" dir="rtl">' out || fault 'the direction is lost'
grep -qF 'Retracted by the publisher: It was wrong.' out || fault 'the retraction is not told'
if grep -q 'Wrong words' out; then fault 'a retracted text is there'; fi
expect 0 '' mimeo export -C press --html --no-media -o - ferry
if grep -q 'data:image' out; then fault 'pictures, and none were asked for'; fi
grep -q 'alt="the map"' out || fault 'the words for the picture are lost'
cp -R press lossy && rm -rf lossy/.git lossy/media
expect 0 '' mimeo export -C lossy --html -o - ferry
grep -q '<img alt="the map"' out || fault 'a picture that is not held has no words'
expect 0 '' mimeo --library reader clone press --expect "$(mimeo head --json press | jq -r .digits)"
mkdir elsewhere
(cd elsewhere && expect 0 '.html' mimeo --library ../reader export --html ferry)
is 'out of the library' "$(find elsewhere -name '*.html' | wc -l)" 1

# ---- text ----

expect 0 '' mimeo export -C press --text -o story.txt ferry persian
grep -qF 'A <b>bold</b> & "quoted" title' story.txt || fault 'the title in text'
grep -qF '* * *' story.txt || fault 'nothing between articles'
if grep -q "$(printf '\033')" story.txt; then fault 'text has styles'; fi

# ---- what does not go ----

expect 1 'no article' mimeo export -C press --html -o none.html ferry nothing
[ ! -e none.html ] || fault 'half a file is there'
expect 1 'is there already' mimeo export -C press --html -o ferry.html ferry
expect 2 'ids are missing' mimeo export -C press --html
expect 2 'one of' mimeo export -C press --html --text ferry
expect 2 '' mimeo export -C press --html --encrypt ferry
expect 2 '' mimeo export -C press --text --since 7d ferry
done_testing
