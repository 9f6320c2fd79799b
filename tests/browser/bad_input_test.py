"""What a stranger can give the page: each time a clear sentence, no error, no hang, and nothing runs."""
import json
import os
import re
import struct
import zlib

import packs
from memory import Peak, renderers_kb
from browser import Fault
from reader import Reader

# The page's words for each verdict of tests/vectors that is not good.
SAID = {"damaged": "damaged", "malformed": "malformed", "needs-newer": "needs-newer", "revoked": "revoked",
        "conflicted": "conflicted", "incomplete": "incomplete", "unjoined": "unjoined", "rollback": "rollback"}


def said(checks, what):
    """The sentences of the page: at least one, each with words of its own."""
    signs = checks.reader.signs()
    checks.true(f"{what}: it says something", any(text for _, text in signs))
    for _, text in signs:
        if "undefined" in text or "[object" in text or "{x}" in text or re.search(r"(byte \d+): \1", text):
            checks.fault(f"{what}: {text}")
    return " ".join(text for _, text in signs)


def test_what_is_no_pack(checks, world):
    reader, words = checks.reader, checks.words
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", struct.pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
                           (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")))
    cases = {"holiday.png": (png, "picture"), "photo.mimeo": (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
             "packs.zip": (b"PK\x03\x04" + bytes(60), "zip"), "letter.txt": (b"Dear reader,\nno pack is in this.\n", "text"),
             "page.html": (b"<!DOCTYPE html><title>x</title><script>mimeoRan(1)</script>", "html"),
             "empty.mimeo": (b"", "empty")}
    for name, (content, kind) in cases.items():
        reader.open()
        reader.give(packs.write(f"{world}/{name}", [content]))
        checks.true(f"{name} is told as what it is: {reader.text()[:200]!r}", words[kind] in reader.text())
    reader.open()
    reader.give(packs.write(f"{world}/noise", [os.urandom(5000)]))
    checks.true("noise may be sealed, or nothing", words["sealed"] in reader.text() or words["unknown"] in reader.text())


def test_vectors(checks, vectors):
    """Bad vectors by the picker: the verdict in words.  One of each kind; all are in vectors_test.py, by
    the page's worker, and here with the word "vectors_all"."""
    seen = set()
    with open(os.path.join(vectors, "expected.jsonl"), encoding="utf-8") as lines:
        expected = [json.loads(line) for line in lines]
    for vector in expected:
        kind = (vector["verdict"], vector["name"].split("-")[0])
        if vector["name"] == "charter-skipped":
            continue  # of a publisher not confirmed the program says no more than that either
        if vector["verdict"] in SAID and (kind not in seen or "vectors_all" in checks.only):
            seen.add(kind)
            look_at_vector(checks, vectors, vector)


def look_at_vector(checks, vectors, vector):
    """A publisher that nobody vouched for is said to be that; what is worse is said too."""
    reader, words = checks.reader, checks.words
    names = [vector[key] for key in ("before", "name") if key in vector]
    reader.open()
    reader.give(*(os.path.join(vectors, f"{name}.mimeo") for name in names))
    key = SAID[vector["verdict"]]
    wanted = [words[key], words.get(f"{key}Text", words[key]).split("{")[0]]
    try:
        checks.browser.wait("(wanted) => wanted.some(one => document.getElementById('page').innerText.includes(one))",
                            wanted, seconds=5, what=f"{vector['verdict']} in words")
    except Fault as why:
        checks.fault(f"{vector['name']}: {why}: {reader.text('#page')[:400]!r}")
    said(checks, vector["name"])


def test_damage(checks, world):
    reader = checks.reader
    whole = packs.read(f"{world}/press.mimeo")
    for what, content in packs.damaged(whole):
        reader.open()
        reader.give(packs.write(f"{world}/damaged.mimeo", [content]))
        said(checks, what)
    no_tick_on_what_failed(checks, world, whole)
    objects = packs.pack(f"{world}/press")
    for what, content in (("doubled", objects + objects), ("backwards", objects[::-1])):
        reader.open()
        reader.give(packs.write(f"{world}/other.mimeo", content))
        checks.true(f"{what}: all is read", len(reader.headlines()) > 5)


def no_tick_on_what_failed(checks, world, whole):
    """On the screen of files, where another file keeps the reader: the pack was fine until all of it was checked."""
    reader, at = checks.reader, len(whole) // 4
    reader.open()
    reader.give(packs.write(f"{world}/letter.txt", [b"no pack\n"]),
                packs.write(f"{world}/damaged.mimeo", [whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1:]]))
    checks.browser.wait("() => document.querySelector('#signs .sign[data-level=danger]') && !document.querySelector('#main .sign[data-level=good]')",
                        what="no tick beside what failed")


def test_two_gigabytes(checks, world):
    """Sparse, behind a small pack: read in slices, with progress, in little memory; and it can be stopped.
    With the word "two_gigabytes_whole" it is read to its end, which takes its time."""
    reader, browser, words = checks.reader, checks.browser, checks.words
    path = packs.write(f"{world}/huge.mimeo", packs.pack(f"{world}/press"))
    os.truncate(path, 2 << 30)
    reader.open()
    before = renderers_kb(browser.process.pid)
    peak = Peak(browser.process.pid)
    peak.start()
    try:
        if "two_gigabytes_whole" in checks.only:
            reader.give(path, seconds=200)
            said(checks, "2 GB")
        else:
            browser.files("#pick", path)
            for part in (0.01, 0.03):
                browser.wait("(part) => { const bar = document.getElementById('progress'); return bar.value > part * bar.max; }",
                             part, seconds=30, what=f"{part} of the bar of progress")
            reader.press(words["stop"], "#busy", changes=False)
            reader.ready()
    finally:
        peak.going = False
        peak.join()
        os.remove(path)
    checks.true(f"in {(peak.kb - before) // 1024} MB", peak.kb - before < 200 << 10)
    if "two_gigabytes_whole" not in checks.only:
        reader.give(f"{world}/press.mimeo")
        checks.true("and another is read", len(reader.headlines()) > 5)


def test_hostile_articles(checks, world):
    """Titles and bodies that a publisher can sign: text is text."""
    reader, browser = checks.reader, checks.browser
    reader.open()
    reader.give(f"{world}/hostile.mimeo")
    checks.true("they are read", len(reader.headlines()) == 32)
    checks.true("as text", all("<script>mimeoRan(4)" in one for one in reader.headlines()))
    walk_through(checks, 32)
    reader.publisher()
    reader.press(checks.words["checkAll"], changes=False)
    browser.wait("() => document.querySelector('#main [role=status] .sign')", what="the check")


def walk_through(checks, count):
    """Each article, by the key for the next; what runs in any is noticed at the end."""
    reader, browser = checks.reader, checks.browser
    reader.press(reader.headlines()[0])
    for _ in range(count - 1):
        reader._mark()
        browser.press("j")
        reader._changed()
    browser.press("Escape")
    reader.ready()


def test_a_worker_that_lies(checks, page):
    """The page's own lock: bodies that no cleaner saw, from a worker that was taken over."""
    honest, checks.reader = checks.reader, Reader(checks.browser, "file://" + page)
    reader, browser = checks.reader, checks.browser
    try:
        reader.open()
        reader.give(__file__)
        checks.true("they are listed", len(reader.headlines()) > 30)
        walk_through(checks, len(reader.headlines()))
    finally:
        checks.reader = honest
    # Its policy is the lock behind the lock: what it refuses even in a document that runs nothing is no
    # fault here; a request or a script is.
    browser.console[:] = [one for one in browser.console if not one.startswith(("policy: ", "error: Content-Security-Policy"))]


def test_without_webassembly(checks, world):
    browser, words = checks.browser, checks.words
    script = browser.command("script.addPreloadScript",
                             functionDeclaration="() => { delete globalThis.WebAssembly; }")["script"]
    try:
        checks.reader.open()
        checks.true("it says what is missing", words["noWasm"] in checks.reader.text("body"))
        checks.true("and offers nothing to open", browser.run("() => !document.querySelector('input')"))
    finally:
        browser.command("script.removePreloadScript", script=script)
