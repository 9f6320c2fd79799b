"""A corpus of pages with what should come of them, read into one shape.

    CORPUS/SET/NAME/source.html[.gz]     the page
                    expected.txt         its body's text, or
                    expected.html        its body as HTML
                    expected.json, expected-metadata.json    what is known of it

Names of fields differ from set to set: FIELDS says which of ours each of theirs is.
"""
import gzip
import hashlib
import json
import os
import re

from html_text import html_text

FIELDS = {"title": "title", "authors": "authors", "byline": "authors", "published": "published",
          "publish_date": "published", "publishedTime": "published", "language": "language", "lang": "language",
          "topics": "topics", "url": "url", "meta_site_name": "site", "siteName": "site", "dir": "direction"}
SCRIPTS = (("ar", "\u0600-\u06ff"), ("he", "\u0590-\u05ff"), ("ru", "\u0400-\u04ff"), ("th", "\u0e00-\u0e7f"),
           ("my", "\u1000-\u109f"), ("ko", "\uac00-\ud7af"), ("ja", "\u3040-\u30ff"), ("zh", "\u4e00-\u9fff"),
           ("el", "\u0370-\u03ff"))


class Page:
    def __init__(self, group, name, path):
        self.group, self.name, self.path = group, name, path
        self.body = _body(path)
        self.fields = _fields(path)
        self.language = _language(self)

    def source(self):
        with _open(_source(self.path)) as page:
            return page.read()

    @property
    def half(self):
        """a or b, by the name alone: what is tuned on one is checked on the other."""
        return "ab"[hashlib.sha256(f"{self.group}/{self.name}".encode()).digest()[0] & 1]


def pages(corpus, half=None, groups=None):
    found = []
    for group in sorted(os.listdir(corpus)):
        directory = os.path.join(corpus, group)
        if not os.path.isdir(directory) or (groups and group not in groups):
            continue
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if os.path.isdir(path) and _source(path):
                page = Page(group, name, path)
                if half in (None, page.half):
                    found.append(page)
    return found


def _source(path):
    for name in ("source.html", "source.html.gz"):
        if os.path.exists(os.path.join(path, name)):
            return os.path.join(path, name)
    return None


def _open(path):
    return gzip.open(path) if path.endswith(".gz") else open(path, "rb")


def _text(path, name):
    try:
        with open(os.path.join(path, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _body(path):
    text = _text(path, "expected.txt")
    if text is None:
        html = _text(path, "expected.html")
        text = html_text(html) if html is not None else None
    return text


def _fields(path):
    fields = {}
    for name in ("expected.json", "expected-metadata.json"):
        text = _text(path, name)
        for key, value in (json.loads(text) if text else {}).items():
            if key in FIELDS and value not in (None, "", []):
                fields[FIELDS[key]] = [value] if key == "byline" else value
    return fields


def _language(page):
    """For the tables alone: what the page says of itself, unless its text is in another script."""
    sample = re.sub(r"[\W\d_]+", "", page.body or "")[:4000]
    for code, letters in SCRIPTS:
        share = len(re.findall(f"[{letters}]", sample)) / max(len(sample), 1)
        if share > (0.1 if code == "ja" else 0.5):
            said = str(page.fields.get("language", ""))[:2].lower()
            kin = {"ar": ("fa", "ur", "ku"), "ru": ("uk", "bg", "sr", "be", "mk", "kk")}.get(code, ())
            return said if said in kin else code
    said = page.fields.get("language")
    if not said:
        head = page.source()[:200000].decode("utf-8", "replace")
        found = re.search(r"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z]{2,3})", head)
        said = found.group(1) if found else "?"
    return said[:2].lower()
