"""Files for test_import_bad_input.sh: python3 bad_input.py DIR PORT

Each does something that a file from elsewhere may: it is too large, too deep, not what its name says,
lies about a length, unpacks without end, or asks to have another file or address opened.  PORT is a
listener's, which must never be asked.  A name ends in its kind; what precedes the first dash says what
must come of it when it is named alone:

    no-      refused: status 10, with a line that names it
    yes-     read as far as it goes: status 0
    any-     either, but one of the two
"""
import gzip
import os
import struct
import sys
import zlib

DIRECTORY, PORT = sys.argv[1], sys.argv[2]
WORDS = ("The harbour council met on Tuesday to decide whether the old lighthouse should be repaired or left "
         "to the weather, and heard eleven speakers from the town, most of whom asked for the repair. ")
STORY = "".join(f"<p>Paragraph {n}. {WORDS}</p>" for n in range(6))


def page(body=STORY, title="A page of the harbour", head=""):
    return (f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head><body>"
            f"<nav><a href=/>Home</a> <a href=/news>News</a></nav><article><h1>{title}</h1>{body}</article></body></html>")


def write(name, *parts):
    with open(os.path.join(DIRECTORY, name), "wb") as out:
        for part in parts:
            out.write(part.encode() if isinstance(part, str) else part)


def zeros_gzip(mebibytes):
    """A gzip member of so many MiB of spaces, about a thousandth of that."""
    packer, block, parts = zlib.compressobj(9, zlib.DEFLATED, 31), b" " * (1 << 20), []
    for _ in range(mebibytes):
        parts.append(packer.compress(block))
    parts.append(packer.flush())
    return b"".join(parts)


BOMB = zeros_gzip(1024)


def pages():
    write("any-deep-div.html", page(STORY + "<div>" * 1000000 + "deep"))
    write("any-deep-mixed.html", page(STORY + "<b><p><table><tr><td><ul><li><a href=x>" * 120000))
    write("any-deep-svg.html", page(STORY + "<svg><g>" * 300000 + "<math><mi>" * 200000))
    write("any-closing.html", page(STORY + "</div></p></b>" * 500000))
    write("any-formatting.html", page(STORY + "<b><i><u><font>" * 3000 + "<p>x" * 3000))
    write("any-attributes.html", page(STORY + "<p " + " ".join(f"a{n}=1" for n in range(400000)) + ">x</p>"))
    write("any-classes.html", page(STORY + "".join(f'<div class="{"ad " * 50000}">x</div>' for _ in range(30))))
    write("any-long-attribute.html", page(STORY + '<p title="' + "x" * 4000000 + '">words</p>'))
    write("any-entities.html", page(STORY + "&" * 800000 + "&amp" * 400000 + "&#x" * 400000))
    write("any-comments.html", page("<!--" * 500000 + "-->" + STORY + "<!-- -" * 300000))
    write("any-many-links.html", page("".join(f"<li><a href=/{n}>Headline number {n}</a>" for n in range(60000)) + STORY))
    write("any-many-meta.html", page(STORY, head="".join(f'<meta property="article:tag" content="tag {n}">' for n in range(60000))))
    write("any-many-scripts.html", page(STORY, head='<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 20000))
    write("any-deep-json.html", page(STORY, head='<script type="application/ld+json">' + '{"a":[' * 400000 + "</script>"))
    write("any-long-json.html", page(STORY, head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
                                     + "x" * 5000000 + '"}</script>'))
    write("any-many-lists.html", page("<ul>" + "<li>an item of a list, and another\n" * 100000 + "</ul>" + STORY))
    write("any-many-tables.html", page(STORY + "<table><tr><td colspan=1000 rowspan=65534>x" * 20000))
    write("any-many-pictures.html", page(STORY + "<img src=no.jpg alt=picture>" * 60000))
    write("any-many-h1.html", page("<h1>One of many headlines of the page</h1>" * 60000 + STORY))
    write("any-one-line.html", page("<p>" + "word " * 1000000 + "</p>"))
    write("any-no-space.html", page("<p>" + "x" * 6000000 + "</p>"))
    write("no-50-mb.html", page(STORY * 46000))
    write("no-50-mb-unclosed.html", page("<p title='" + WORDS * 260000))
    write("no-empty.html")
    write("no-space.html", " \n\t" * 100)
    write("no-tags.html", "<html><body>" + "<div></div>" * 1000)
    write("no-binary.html", bytes(os.urandom(1) [0] | 128 if n % 7 else 0 for n in range(4096)) * 20)
    write("no-elf.html", b"\x7fELF\x02\x01\x01" + b"\x00" * 9 + b"\x03\x00\x3e\x00" * 2000)
    write("no-jpeg.html", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + os.urandom(20000))
    write("no-nul.html", b"\x00" * 100000)
    write("any-nul-between.html", page().replace("e", "e\x00"))
    write("yes-unclosed.html", page().replace("</p>", "").replace("</article></body></html>", "<p>and the last of it"))
    write("yes-cut.html", page(STORY)[:-700])
    write("yes-windows-1251-called-utf-8.html", page("".join(f"<p>Абзац {n}. Совет гавани собрался во вторник, чтобы решить судьбу "
          "старого маяка, и выслушал одиннадцать жителей города.</p>" for n in range(8)), "Судьба старого маяка").encode("cp1251"))
    write("yes-utf-8-called-windows-1252.html", page("".join(f"<p>Абзац {n}. Совет гавани собрался во вторник, чтобы решить судьбу "
          "старого маяка, и выслушал одиннадцать жителей города.</p>" for n in range(8)), "Судьба маяка")
          .replace("charset=utf-8", "charset=windows-1252"))
    write("yes-utf-16-no-bom.html", page().encode("utf-16-le"))
    write("yes-utf-16-bom.html", b"\xfe\xff" + page().encode("utf-16-be"))
    write("any-utf-16-odd.html", b"\xff\xfe" + page().encode("utf-16-le")[:-1])
    write("any-utf-32.html", b"\xff\xfe\x00\x00" + page().encode("utf-32-le"))
    write("any-broken-utf-8.html", page().encode().replace(b"harbour", b"harb\xffour\xc3").replace(b"council", b"\xed\xa0\x80council"))
    write("any-unknown-charset.html", page().replace("charset=utf-8", "charset=" + "x" * 100000))
    write("any-many-charsets.html", page(head="<meta charset=koi8-r>" * 10000))


def feed(items, before="", root='<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'):
    return f"<?xml version='1.0' encoding='utf-8'?>{before}{root}<channel><title>Feed</title>{items}</channel></rss>"


def entry(title, body=STORY, more=""):
    return (f"<item><title>{title}</title><link>https://news.example/{title.replace(' ', '-').lower()}</link>{more}"
            f"<description><![CDATA[{body}]]></description></item>")


def feeds():
    lol = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10 if n else "lolololol"}">' for n in range(12))
    write("any-laughs.xml", feed(entry("A laugh") + "<item><title>&lol11;</title><link>https://news.example/x</link>"
                                 f"<description>&lol11; {WORDS}</description></item>", f"<!DOCTYPE rss [{lol}]>"))
    write("any-quadratic.xml", feed("<item><title>t</title><link>https://news.example/q</link><description>" + "&a;" * 100000
                                    + "</description></item>", f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100000}">]>'))
    write("any-entity-file.xml", feed("<item><title>&f;</title><link>https://news.example/f</link><description>&f; &s; "
          f"{WORDS}</description></item>", '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY s SYSTEM "../secret.txt">]>'))
    write("any-entity-http.xml", feed(f"<item><title>t</title><link>https://news.example/h</link><description>&h; {WORDS}</description></item>",
          f'<!DOCTYPE rss PUBLIC "-//X//X//EN" "http://127.0.0.1:{PORT}/x.dtd" [<!ENTITY h SYSTEM "http://127.0.0.1:{PORT}/entity">]>'))
    write("any-parameter-entity.xml", feed(entry("Parameters"),
          f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:{PORT}/p.dtd"> %p; <!ENTITY % f SYSTEM "file:///etc/hostname"> %f;]>'))
    write("any-xinclude.xml", feed(entry("Includes", more=f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
          f'href="http://127.0.0.1:{PORT}/include" parse="text"/>'), f'<?xml-stylesheet href="http://127.0.0.1:{PORT}/x.xsl" type="text/xsl"?>'))
    write("any-schema.xml", feed(entry("Schema"), root='<rss version="2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
          f'xsi:noNamespaceSchemaLocation="http://127.0.0.1:{PORT}/x.xsd">'))
    write("any-deep.xml", feed(entry("Deep") + "<a>" * 1000000))
    write("any-deep-entry.xml", feed("<item><title>t</title><description>" + "<b>" * 1000000))
    write("any-attributes.xml", feed(entry("Attributes") + "<item " + " ".join(f'a{n}="1"' for n in range(300000)) + "></item>"))
    write("any-namespaces.xml", feed(entry("Names"), root="<rss version='2.0' " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(100000)) + ">"))
    write("any-long-title.xml", feed(entry("t" * 5000000)))
    write("any-cut.xml", feed(entry("One of them") + entry("Two of them"))[:-1500])
    write("any-not-closed.xml", feed("<item><title>a<item><title>b<item><title>c<description>" + WORDS))
    write("any-cdata.xml", feed("<item><title>c</title><description><![CDATA[" + WORDS * 200))
    write("any-many.xml", feed("".join(f"<item><title>t{n}</title><guid>g{n}</guid></item>" for n in range(200000))))
    write("any-same-guid.xml", feed("".join(entry(f"Same {n}", more="<guid>one</guid>") for n in range(200))))
    write("any-utf-16.xml", b"\xff\xfe" + feed(entry("Wide")).replace("utf-8", "utf-8").encode("utf-16-le"))
    write("no-html-in-xml.xml", "<?xml version='1.0'?><nothing>" + "<x/>" * 1000 + "</nothing>")
    write("any-json-deep.json", '{"version":"https://jsonfeed.org/version/1.1","title":"x","items":' + "[" * 500000)
    write("any-json-feed.json", '{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":1e999,"content_html":7},'
          '{"id":null},[],"x",{"id":"' + "y" * 300000 + '","content_html":"<p>x"}]}')


def warc_record(kind, url, block, length=None, more=""):
    size = len(block) if length is None else length
    return (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-02T10:01:07Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"{more}Content-Length: {size}\r\n\r\n").encode() + block + b"\r\n\r\n"


def http(body, headers="", kind="text/html; charset=utf-8"):
    body = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body


def response(name, body=None, headers="", length=None, kind="text/html"):
    return warc_record("response", f"https://news.example/{name}",
                       http(page(title=f"The page {name}") if body is None else body, headers, kind), length)


def warcs():
    good = response("good-one")
    for name, length in (("longer", 10 ** 7), ("shorter", 100), ("huge", 2 ** 63), ("wraps", 2 ** 64 + 10), ("negative", -1),
                         ("words", "ten"), ("zero", 0), ("plus", "+5"), ("hex", "0x10"), ("twice", "10\r\nContent-Length: 20")):
        write(f"any-length-{name}.warc", good, response("liar", length=length), response("good-two"))
    write("any-chunks-lie.warc", good, response("chunks", "FFFFFFFFFFFFFFFF\r\n" + page() + "\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
          response("chunks-2", "-5\r\n" + page() + "\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
          response("chunks-3", "1\r\nx\r\n" * 300000, "Transfer-Encoding: chunked\r\n"), response("good-two"))
    write("any-body-bomb.warc", good, response("bomb", BOMB, "Content-Encoding: gzip\r\n"), response("good-two"))
    write("any-bomb-in-bomb.warc", good, response("bomb", gzip.compress(BOMB), "Content-Encoding: gzip, gzip\r\n"), response("good-two"))
    write("any-many-codings.warc", good, response("codings", page(), "Content-Encoding: " + "gzip, " * 50000 + "gzip\r\n"))
    write("any-bomb.warc.gz", gzip.compress(good), BOMB, gzip.compress(response("good-two")))
    write("any-member-bombs.warc.gz", *[gzip.compress(warc_record("response", f"https://news.example/{n}", http(b" " * 3000000))) for n in range(40)])
    write("any-cut.warc.gz", gzip.compress(good), gzip.compress(response("good-two"))[:-300])
    write("any-flipped.warc.gz", gzip.compress(good), gzip.compress(response("bad"))[:200] + b"\x00" * 50, gzip.compress(response("good-two")))
    write("any-head.warc", good, b"WARC/1.0\r\n" + b"X-Name: value\r\n" * 500000, response("good-two"))
    write("any-head-line.warc", good, b"WARC/1.0\r\nX-Name: " + b"v" * 20000000)
    write("any-http-head.warc", good, response("head", headers="X-Name: " + "v" * 3000000 + "\r\n"), response("good-two"))
    write("any-no-records.warc", b"WARC/1.0\r\n\r\n" * 10000)
    write("any-redirects.warc", *[warc_record("response", f"https://news.example/{n}", f"HTTP/1.1 302 Found\r\nLocation: /{(n + 1) % 500}\r\n\r\n".encode())
                                  for n in range(500)], good.replace(b"</article>", b"<img src=/1 alt=a></article>"))
    write("any-types-lie.warc", good, response("picture", os.urandom(5000)), response("pdf", "%PDF-1.4 " + WORDS, kind="text/html"), response("good-two"))
    write("any-urls.warc", good, *[warc_record("response", url, http(page(title=f"Address {n}"))) for n, url in enumerate(
        ("javascript:alert(1)", "file:///etc/passwd", "https://news.example/../../etc/passwd", "https://news.example/" + "a" * 100000,
         "https://news.example/\x00\x1b[31m", "", "https://user:secret@news.example/x", "urn:x", "dns:news.example"))])
    write("no-text.warc", WORDS)


def zip_of(*entries):
    """A zip of (name, packed, raw length, method, mode, lying size or None)."""
    body, directory = b"", b""
    for name, data, raw, method, mode, lie in entries:
        name = name.encode()
        size = raw if lie is None else lie
        body_at = len(body)
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, method, 0, 0, 0, len(data), size & 0xFFFFFFFF, len(name), 0) + name + data
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x0314, 20, 0, method, 0, 0, 0, len(data), size & 0xFFFFFFFF,
                                 len(name), 0, 0, 0, 0, mode << 16, body_at) + name
    return body + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), len(directory), len(body), 0)


def stored(name, data, mode=0o100644, lie=None):
    return name, data, len(data), 0, mode, lie


def zips():
    good = gzip.compress(response("good-one"))
    json_page = stored("datapackage.json", b'{"profile":"data-package","resources":[],"wacz_version":"1.1.1"}')
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join([deflated.compress(b" " * (1 << 20)) for _ in range(1024)] + [deflated.flush()])
    write("any-good.wacz", zip_of(json_page, stored("archive/data.warc.gz", good)))
    write("any-paths.wacz", zip_of(json_page, stored("archive/data.warc.gz", good), *[stored(name, b"escaped") for name in
          ("../escaped", "/tmp/mimeo-escaped", "archive/../../../escaped", "C:\\escaped", "archive/..\\..\\escaped", "", "archive/\x01\x1b[31m")],
          stored("archive/link.warc", b"/etc/passwd", 0o120777), stored("archive/dev.warc", b"", 0o020666)))
    write("any-bomb.wacz", zip_of(json_page, ("archive/bomb.warc", bomb, 1 << 30, 8, 0o100644, None), stored("archive/data.warc.gz", good)))
    write("any-bomb-gz.wacz", zip_of(json_page, stored("archive/bomb.warc.gz", BOMB), stored("archive/data.warc.gz", good)))
    write("any-sizes-lie.wacz", zip_of(json_page, stored("archive/a.warc.gz", good, lie=0xFFFFFFFF), stored("archive/b.warc.gz", good, lie=1)))
    write("any-many.wacz", zip_of(json_page, *[stored(f"archive/{n}.warc", b"") for n in range(60000)]))
    inner = zip_of(json_page, stored("archive/data.warc.gz", good))
    for _ in range(20):
        inner = zip_of(json_page, stored("archive/inner.wacz", inner))
    write("any-nested.wacz", inner)
    whole = zip_of(json_page, stored("archive/data.warc.gz", good))
    write("any-cut.wacz", whole[:-60])
    write("any-directory-lies.wacz", whole[:-10] + struct.pack("<IIH", 0xFFFFFFFF, 0xFFFFFFF0, 0)[:10])
    write("no-other.wacz", zip_of(stored("readme.txt", b"not an archive of pages")))


def zims():
    def head(**lies):
        fields = dict(magic=0x044D495A, major=6, minor=1, uuid=b"u" * 16, entries=10, clusters=2, urls=80, titles=160, clusters_at=240,
                      mimes=80, main=0, layout=0xFFFFFFFF, check=1000)
        fields.update(lies)
        return struct.pack("<IHH16sIIQQQQIIQ", *fields.values())
    for name, lies in (("entries", {"entries": 0xFFFFFFFF}), ("clusters", {"clusters": 0xFFFFFFFF}), ("urls", {"urls": 2 ** 64 - 8}),
                       ("clusters-at", {"clusters_at": 2 ** 63}), ("mimes", {"mimes": 0}), ("check", {"check": 2 ** 64 - 1}), ("major", {"major": 99})):
        write(f"no-{name}.zim", head(**lies), os.urandom(5000))
    write("no-head.zim", head()[:40])
    write("no-zeros.zim", head(), b"\x00" * 100000)
    write("no-mimes-without-end.zim", head(entries=0, clusters=0), b"text/html\x00" * 500000)


def mhtmls():
    def part(kind, body, coding="8bit", boundary="b"):
        return f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\nContent-Location: https://news.example/x\r\n\r\n{body}\r\n"
    top = "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"{}\"\r\n\r\n"
    write("any-base64.mhtml", top.format("b"), part("text/html", "!!!" * 100000, "base64"), "--b--")
    write("any-nested.mhtml", top.format("b"), part('multipart/related; boundary="b"', "") * 100000)
    write("any-deep.mhtml", "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(50000)).join((top.format("0"), "")))
    write("any-parts.mhtml", top.format("b"), part("text/html", page()), part("image/png", "x", "base64") * 50000)
    write("any-boundary.mhtml", top.format("b" * 200000), part("text/html", page(), boundary="b" * 200000))
    write("any-no-end.mhtml", top.format("b"), part("text/html", page()))
    write("any-codings.mhtml", top.format("b"), part("text/html; charset=" + "u" * 10000, page(), "x-uuencode"), part("text/html", "=" * 100000, "quoted-printable"))


def png(width, height, data, kind=b""):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + kind
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def pictures():
    packed = zlib.compress(b"\x00" * (1 << 28), 9)
    def text(name):
        body = b"a\x00\x00" + packed * 3
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    bad = {"bomb.png": png(40000, 40000, packed), "large.png": png(0x7FFFFFFF, 0x7FFFFFFF, packed), "text.png": png(8, 8, zlib.compress(b"\x00" * 16), text(b"zTXt")),
           "profile.png": png(8, 8, zlib.compress(b"\x00" * 16), text(b"iCCP")), "cut.png": png(100, 100, packed)[:-400], "html.png": page().encode(),
           "exe.jpg": b"MZ" + b"\x00" * 3000, "empty.jpg": b"", "large.jpg": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + b"\x01\x22\x00" * 3 + b"\xff\xd9",
           "bomb.gif": b"GIF89a\xff\xff\xff\xff\x80\x00\x00" + b"\x00" * 6 + (b"\x21\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x08\x01\x00\x00") * 5000 + b";",
           "script.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "png.webp": png(8, 8, zlib.compress(b"\x00" * 16)),
           "large.webp": b"RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\xff\xffVP8 \x00\x00\x00\x00",
           "lie.avif": b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1" + b"\xff" * 400}
    os.mkdir(os.path.join(DIRECTORY, "yes-pictures_files"))
    for name, data in bad.items():
        write(f"yes-pictures_files/{name}", data)
    os.symlink("/etc/passwd", os.path.join(DIRECTORY, "yes-pictures_files/link.png"))
    os.mkfifo(os.path.join(DIRECTORY, "yes-pictures_files/fifo.png"))
    names = [f"yes-pictures_files/{name}" for name in [*bad, "link.png", "fifo.png", "none.png", "../../../../../etc/passwd", "a" * 5000]]
    write("yes-pictures.html", page(STORY + "".join(f'<figure><img src="{name}" alt="A picture"></figure>' for name in names), "A page of bad pictures"))


os.makedirs(DIRECTORY)
for make in (pages, feeds, warcs, zips, zims, mhtmls, pictures):
    make()
write("../secret.txt", "the-secret-words of another file")
