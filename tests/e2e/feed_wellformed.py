#!/usr/bin/env python3
"""Well-formed feeds, written at random in all the ways that XML allows, and read: what comes out must be what went in.

    feed_wellformed.py DUMP_FEED DIRECTORY COUNT

The feeds' own texts are the truth; that they are well formed is checked by Python's expat first.
"""
import json
import random
import subprocess
import sys
import xml.etree.ElementTree

CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
WORDS = ["harbour", "ferry", "crane", "a < b", "R&D", "«так»", "об'єкт", "港口", "مرفأ", "x > y", "]]>", "\"q\"", "it's", "&amp;", "é", "😀",
         "&lt;i&gt;", "100%", "--", "?>"]


def words(random_, most=6):
    return " ".join(random_.choice(WORDS) for _ in range(random_.randint(1, most)))


def escaped(random_, text):
    """The same characters, each in one of the ways that XML has for it."""
    out = []
    for c in text:
        way = random_.random()
        if c in "<&" or (c == ">" and way < .9):
            out.append({"<": ["&lt;", "&#60;", "&#x3C;"], "&": ["&amp;", "&#38;", "&#x26;"], ">": ["&gt;", "&#62;", "&#x3e;"]}[c]
                       [random_.randrange(3)])
        elif c == ">" or way < .03:
            out.append(f"&#{ord(c)};")
        elif way < .05 and c == "'":
            out.append("&apos;")
        else:
            out.append(c)
        if way > .98:
            out.append(random_.choice(["<!-- a > comment & so -->", "<?pi <x> ?>"]))
    return "".join(out)


def text(random_, value):
    if random_.random() < .5:
        return escaped(random_, value)
    cut = random_.randint(0, len(value))
    parts = value.replace("]]>", "]]]]><![CDATA[>")
    if "]]>" in value:
        return f"<![CDATA[{parts}]]>"
    return f"<![CDATA[{value[:cut]}]]>" + escaped(random_, value[cut:])


def attributes(random_, pairs):
    made = []
    for name, value in pairs:
        quote = random_.choice("\"'")
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(quote, "&#34;" if quote == '"' else "&#39;")
        space = random_.choice(["", " ", "\n "])
        made.append(f"{name}{space}={space}{quote}{value}{quote}")
    random_.shuffle(made)
    return "".join(random_.choice([" ", "\n\t"]) + a for a in made)


def html(value):
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rss(random_, entries):
    content, dc = random_.choice(["content", "c", "ns1"]), random_.choice(["dc", "d", "dublin"])
    out = [f"<rss{attributes(random_, [('version', '2.0'), ('xmlns:' + content, CONTENT), ('xmlns:' + dc, DC)])}><channel>"]
    for e in entries:
        members = [f"<title>{text(random_, html(e['title']))}</title>", f"<guid isPermaLink='false'>{e['id']}</guid>",
                   f"<{dc}:creator>{text(random_, html(e['byline']))}</{dc}:creator>",
                   f"<{content}:encoded>{text(random_, e['html'])}</{content}:encoded>", "<empty/>", "<x:y xmlns:x='u:v'><title>no</title></x:y>"]
        random_.shuffle(members)
        out.append("<item >" + random_.choice(["", "\n"]).join(members) + "</item\n>")
    return "".join(out) + "</channel></rss>"


def atom(random_, entries):
    prefix = random_.choice(["", "a:", "atom:"])
    out = [f"<{prefix}feed{attributes(random_, [('xmlns' + (':' + prefix[:-1] if prefix else ''), ATOM)])}>"]
    for e in entries:
        members = [f"<{prefix}title>{text(random_, e['title'])}</{prefix}title>", f"<{prefix}id>{e['id']}</{prefix}id>",
                   f"<{prefix}author><{prefix}name>{text(random_, html(e['byline']))}</{prefix}name><{prefix}uri>u</{prefix}uri></{prefix}author>",
                   f"<{prefix}content{attributes(random_, [('type', 'html')])}>{text(random_, e['html'])}</{prefix}content>",
                   f"<{prefix}source><{prefix}id>other</{prefix}id><{prefix}title>other</{prefix}title></{prefix}source>"]
        random_.shuffle(members)
        out.append(f"<{prefix}entry>" + "".join(members) + f"</{prefix}entry>")
    return "".join(out) + f"</{prefix}feed>"


def one_line(value):
    return " ".join(value.split())


def check(dump, path, seed):
    random_ = random.Random(seed)
    entries = []
    for number in range(random_.randint(1, 5)):
        first, second = words(random_, 30), words(random_, 30)
        entries.append({"id": f"e{number}", "title": words(random_), "byline": words(random_, 2),
                        "html": f"<p>{html(first)}</p><p>{html(second)}</p>"})
    feed = random_.choice([rss, atom])(random_, entries)
    encoding = random_.choice(["utf-8", "utf-16", "utf-8-sig"])
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    feed = random_.choice(["", "<!DOCTYPE any [<!ELEMENT any ANY>]>"]) + feed
    if encoding != "utf-8" or random_.random() < .5:
        feed = f"<?xml version='1.0' encoding='{declared}'?>" + feed
    data = feed.encode(encoding)
    xml.etree.ElementTree.fromstring(data)
    with open(path, "wb") as file:
        file.write(data)
    lines = subprocess.run([dump, path], capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    got = [json.loads(line.split(" ", 2)[2]) for line in lines if line.startswith("entry ")]
    faults = [f"{len(got)} entries, not {len(entries)}"] if len(got) != len(entries) else []
    for mine, e in zip(got, entries):
        for field, want, have in (("id", e["id"], mine["id"]), ("title", one_line(e["title"]), mine.get("title")),
                                  ("bylines", [one_line(e["byline"])], mine.get("bylines")),
                                  ("html", e["html"], mine.get("html").replace("&quot;", '"'))):
            if want != have:
                faults.append(f"{field}: {have!r}, not {want!r}")
    return faults


def main():
    dump, directory, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    bad = 0
    for seed in range(count):
        path = f"{directory}/{seed}.xml"
        faults = check(dump, path, seed)
        bad += bool(faults)
        for fault in faults[:3]:
            print(f"feed {seed}: {fault}")
    print(f"{count} feeds, {bad} read wrongly")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
