"""Articles found in a feed or archive against the list of what is in it, one by one."""
import html
import re
from urllib.parse import unquote, urlsplit

import metadata
import shingles
from html_text import html_text


def key_of_url(url):
    parts = urlsplit(url)
    return unquote(re.sub(r"^www\.", "", parts.netloc) + parts.path.rstrip("/") + ("?" + parts.query if parts.query else ""))


def keys(record):
    """What a truth's line may know an article by: its address, or its title."""
    if record.get("url") or record.get("link"):
        yield "url", key_of_url(record.get("url") or record["link"])
    yield "title", metadata.plain(html.unescape(record["title"]))


def pair(truths, records):
    """(truth, record or None) of each truth, and the records that are nobody's."""
    index = {}
    for record in records:
        for key in keys(record):
            index.setdefault(key, []).append(record)
    taken, pairs = set(), []
    for truth in truths:
        found = None
        for key in keys(truth):
            found = found or next((r for r in index.get(key, []) if id(r) not in taken), None)
        if found:
            taken.add(id(found))
        pairs.append((truth, found))
    return pairs, [record for record in records if id(record) not in taken]


def paragraphs(text):
    return [line for line in (metadata.plain(part) for part in text.split("\n")) if line]


def compare(truth, record):
    """One article's figures.  `exact`: the share of its paragraphs that are there, word for word."""
    text = html_text(record.get("html") or "")
    wanted = [html.unescape(part) for part in truth["body"]]
    precision, recall = shingles.compare("\n".join(wanted), text)
    have = set(paragraphs(text))
    want = [line for part in wanted for line in paragraphs(part)]
    line = {"precision": precision, "recall": recall, "f1": shingles.f1(precision, recall),
            "exact": sum(part in have for part in want) / len(want) if want else 1.0, "fields": {}}
    got = {"title": record.get("title"), "authors": record.get("bylines"), "published": record.get("published"),
           "language": record.get("lang"), "url": record.get("url")}
    known = {"title": html.unescape(truth["title"]), "authors": truth.get("byline") and [truth["byline"]],
             "published": truth.get("published"), "language": truth.get("lang"),
             "url": truth.get("link") or truth.get("url")}
    for field, wanted_value in known.items():
        if wanted_value:
            line["fields"][field] = {"verdict": metadata.judge(field, wanted_value, got[field]),
                                     "wanted": wanted_value, "got": got[field]}
    if truth.get("image"):
        line["fields"]["picture"] = {"verdict": "right" if record.get("media") else "missing",
                                     "wanted": truth["image"], "got": None}
    elif "image" in truth and record.get("media"):
        line["fields"]["picture"] = {"verdict": "wrong", "wanted": None, "got": record["media"][0].get("alt")}
    return line


def name(truth):
    return truth.get("link") or truth.get("url") or truth.get("path") or truth["title"]


def score(truths, records):
    pairs, others = pair(truths, records)
    lines = []
    for truth, record in pairs:
        line = compare(truth, record) if record else {"precision": 0.0, "recall": 0.0, "f1": 0.0, "exact": 0.0,
                                                      "fields": {}}
        line.update(name=name(truth), found=bool(record))
        lines.append(line)
    return lines, others
