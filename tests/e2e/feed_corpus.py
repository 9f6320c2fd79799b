#!/usr/bin/env python3
"""Feeds of a corpus, read, against what another parser and the corpus's truth say of them: a table, and a fault where entries
are lost, or have other titles or times.

    feed_corpus.py DUMP_FEED CORPUS/feeds

feed-rs/*/*.serde.json are that parser's results; made/made-truth.jsonl.gz has an entry a line.
"""
import datetime
import glob
import gzip
import html
import json
import os
import re
import subprocess
import sys

FIELDS = ("entries", "title", "published", "link", "byline", "id", "paragraphs")
MUST = ("entries", "title", "published", "paragraphs")


def read(dump, path):
    done = subprocess.run([dump, path], capture_output=True, text=True, timeout=60, check=False)
    return [json.loads(line.split(" ", 2)[2]) for line in done.stdout.splitlines() if line.startswith("entry ")]


def plain(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text or "")).split())


def seconds(text):
    if not text:
        return None
    when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)).timestamp()


class Tally:
    def __init__(self):
        self.right, self.all = dict.fromkeys(FIELDS, 0), dict.fromkeys(FIELDS, 0)

    def add(self, field, got, wanted, where):
        self.all[field] += 1
        self.right[field] += got == wanted
        if got != wanted and field in MUST:
            print(f"{where}: {field}: {got!r}, not {wanted!r}")

    def row(self, name):
        print(f"{name:12}" + "".join(f"{self.right[f]:6}/{self.all[f]:<5}" for f in FIELDS))
        return sum(self.all[f] - self.right[f] for f in MUST)


def other_parser(dump, directory):
    tally = Tally()
    for result in sorted(glob.glob(os.path.join(directory, "feed-rs", "*", "*.serde.json"))):
        source = next((p for p in (result.replace(".serde.json", e) for e in (".xml", ".json")) if os.path.exists(p)), None)
        if source is None:
            continue
        with open(result, encoding="utf-8") as file:
            wanted = json.load(file)["entries"]
        got, where = read(dump, source), os.path.basename(source)
        tally.add("entries", len(got), len(wanted), where)
        for mine, theirs in zip(got, wanted):
            if theirs.get("title"):
                tally.add("title", mine.get("title"), plain(theirs["title"]["content"]), where)
            if theirs.get("published"):
                tally.add("published", seconds(mine.get("published")), float(int(seconds(theirs["published"][:19] + "Z"))), where)
            if theirs.get("links"):
                tally.add("link", mine.get("url") in [link["href"] for link in theirs["links"]], True, where)
            tally.add("byline", mine.get("bylines", []), [a["name"] for a in theirs.get("authors", [])], where)
    return tally.row("feed-rs")


def made(dump, directory):
    tally, truths = Tally(), {}
    with gzip.open(os.path.join(directory, "made", "made-truth.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            truth = json.loads(line)
            truths.setdefault(truth["file"], []).append(truth)
    for file, wanted in sorted(truths.items()):
        got = read(dump, os.path.join(directory, "made", file))
        tally.add("entries", len(got), len(wanted), file)
        for mine, truth in zip(got, wanted):
            tally.add("title", mine.get("title"), plain(truth["title"]), file)
            tally.add("published", seconds(mine.get("published")), seconds(truth["published"]), file)
            tally.add("link", mine.get("url"), truth["link"], file)
            tally.add("byline", mine.get("bylines", []), [truth["byline"]] if truth["byline"] else [], file)
            tally.add("id", truth["id"] in mine["id"], True, file)
            if "summary" not in file:
                tally.add("paragraphs", [plain(p) for p in re.findall(r"<p>(.*?)</p>", mine["html"], re.S)],
                          [plain(html.escape(p)) for p in truth["body"]], file)
    return tally.row("made")


def main():
    dump, directory = sys.argv[1:]
    print(" " * 12 + "".join(f"{field:12}" for field in FIELDS))
    faults = other_parser(dump, directory) + made(dump, directory)
    print(f"{faults} faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
