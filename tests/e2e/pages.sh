# Pages for the tests of importing, with what stands around an article.  Sourced after lib.sh.
# shellcheck shell=sh

# Three paragraphs, told apart by NUMBER.
story() { # NUMBER
    cat <<END
<p>The ferry between the two harbours of the island was taken out of service on Monday, number $1, after its crew had
found water in the engine room, the harbour office said in a statement.</p>
<p>Nobody was hurt. The seventy passengers of the early boat, case $1, waited for two hours at the quay until a smaller
boat took them across, and most of them arrived in time for the market.</p>
<p>"We heard a noise like a drum, and then the lights went out," said a baker who takes the boat every day. The office
expects the ferry to be back on Thursday, and asks travellers of line $1 to use the bus until then.</p>
END
}

# A whole page: menu, banner, the story, related articles, comments.
page() { # NUMBER TITLE [WHAT STANDS IN THE BODY TOO] [WHAT STANDS IN THE HEAD TOO]
    cat <<END
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$2 | Island Courier</title>
<meta property="og:title" content="$2"><meta property="og:site_name" content="Island Courier">
<meta property="article:published_time" content="2026-11-0$1T08:30:00+01:00">
<meta name="author" content="Mira Quay">${4:-}</head>
<body><nav><ul><li><a href="/">Home</a><li><a href="/sport">Sport</a><li><a href="/weather">Weather</a></ul></nav>
<div class="cookie-banner"><p>We use cookies to make this site better for you.</p><button>Accept</button></div>
<main><article><h1>$2</h1>
<p class="byline">By <a rel="author" href="/people/mira">Mira Quay</a></p>
$(story "$1")
${3:-}
</article>
<aside class="related"><h3>Read more</h3><ul><li><a href="/a">The mayor and the lighthouse</a><li><a href="/b">Rain on Sunday</a></ul></aside>
<section id="comments"><h3>3 comments</h3><p>First! Nice boat.</p></section></main>
<div class="newsletter"><p>Subscribe to our newsletter and support us with a donation.</p></div>
<footer>Copyright Island Courier. Imprint. Privacy.</footer></body></html>
END
}

# A list of links: no article.
front_page() {
    printf '<!DOCTYPE html><html lang="en"><head><title>Island Courier</title></head><body><nav><a href="/">Home</a></nav>\n'
    for n in 1 2 3 4 5 6 7 8 9; do
        printf '<div class="teaser"><h2><a href="/story-%s.html">Story number %s</a></h2></div>\n' "$n" "$n"
    done
    printf '</body></html>\n'
}

# A picture; its colours from NUMBER.
picture() { # NUMBER FILE
    python3 -c 'import struct, sys, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
with open(sys.argv[2], "wb") as f:
    size = 400
    rows = b"".join(b"\0" + b"".join(bytes((int(sys.argv[1]) * 40 % 256, y % 256, x % 256)) for x in range(size))
                    for y in range(size))
    f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))' "$1" "$2"
}

# A feed of the entries given as "NUMBER TITLE", whole.
feed() { # URL TITLE…
    base=$1
    shift
    printf '<?xml version="1.0"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>\n'
    printf '<title>Island Courier</title><link>%s/</link><description>News</description>\n' "$base"
    n=0
    for title; do
        n=$((n + 1))
        printf '<item><title>%s</title><link>%s/story-%s.html</link><guid isPermaLink="false">island-%s</guid>\n' "$title" "$base" "$n" "$n"
        printf '<pubDate>Mon, 0%s Nov 2026 08:30:00 +0100</pubDate>\n' "$n"
        printf '<description>Short.</description><content:encoded><![CDATA[%s]]></content:encoded></item>\n' "$(story "$n")"
    done
    printf '</channel></rss>\n'
}
