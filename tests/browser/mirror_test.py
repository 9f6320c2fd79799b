"""The page as a mirror's own: it reads the files beside it by ranges, keeps nothing unless asked."""
import os

import packs
from reader import Reader


def open_site(checks, server):
    checks.reader = Reader(checks.browser, f"{server.url}reader.html")
    checks.reader.open()
    return checks.reader


def mirror_requests(server):
    return [(path, how) for path, how in server.asked if path not in ("/reader.html", "/favicon.ico")]


def test_a_mirror_is_read_by_ranges(checks, server):
    words, browser = checks.words, checks.browser
    reader = open_site(checks, server)
    titles = reader.headlines()
    checks.true(f"headlines are there: {reader.text()[:300]!r}", "Winter ferries, corrected" in titles)
    checks.true("and that nobody vouched", any(words["unknown-publisher"] in text for _, text in reader.signs()))
    before = len(server.asked)
    reader.press("Landings rise again, but the fleet is smaller")
    checks.true("the text", "burned nearly twice as much fuel" in reader.text())
    asked = server.asked[before:]
    checks.true(f"the text came by ranges: {asked}", any(how.startswith("206") for _, how in server.asked))
    checks.none("pictures that nobody asked for", [path for path, _ in server.asked if path.startswith("/media/")])
    checks.none("stored", reader.stored())
    checks.none("what is not the mirror's", [path for path, _ in mirror_requests(server)
                                             if not path.startswith(("/head", "/charter/", "/bundles/", "/media/", "/dict/"))])


def test_the_page_says_its_own_hash(checks, server):
    reader = open_site(checks, server)
    reader.publisher()
    with open(os.path.join(server.server.root, "reader.html"), "rb") as page:
        wanted = packs.hash_of(page.read())
    checks.browser.wait("(wanted) => [...document.querySelectorAll('.hash')].some(p => p.innerText.trim() === wanted)",
                        wanted, what=f"the page's hash {wanted}")
    checks.true("and what a site cannot prove of itself", checks.words["pageSite"] in reader.text())


def test_a_host_without_ranges(checks, server):
    server.server.ranges = False
    try:
        reader = open_site(checks, server)
        checks.true("is read too", "Winter ferries, corrected" in reader.headlines())
    finally:
        server.server.ranges = True


def test_a_doctored_mirror(checks, server):
    """A block is told when it is read, and what stands in others is read; a bundle whose header is no
    more what was signed is not there."""
    path = list(packs.files_below(os.path.join(server.server.root, "bundles")))[1]  # the edition
    honest = packs.read(path)
    try:
        packs.write(path, [honest[:-3] + bytes([honest[-3] ^ 1]) + honest[-2:]])
        reader = open_site(checks, server)
        told = read = 0
        for title in reader.headlines():
            reader.press(title)
            damaged = any(checks.words["damaged"] in text for _, text in reader.signs("#main"))
            told, read = told + damaged, read + (not damaged)
            checks.browser.press("Escape")
            checks.browser.wait("() => document.querySelector('.stories')", what="the front")
        checks.true(f"what is in the changed block is told, and nothing else: {told} and {read}", told > 0 and read > 0)

        packs.write(path, [honest[:200] + bytes([honest[200] ^ 1]) + honest[201:]])
        reader = open_site(checks, server)
        checks.true("a forged bundle is not there", "Landings rise again, but the fleet is smaller" not in reader.headlines())
        reader.publisher()
        checks.true(f"and that it lacks or is forged is said: {reader.text()!r}",
                    any(checks.words[key].split("{")[0] in reader.text("#page") for key in ("damaged", "malformed", "missing", "incomplete")))
    finally:
        packs.write(path, [honest])


def test_kept_only_if_asked_and_forgotten(checks, server):
    words, browser = checks.words, checks.browser
    reader = open_site(checks, server)
    reader.press(words["help"], "#bar")
    checks.none("stored before", reader.stored())
    reader.press(words["keep"], "#main", seconds=30)
    checks.true("it says that it is kept", words["kept"] in reader.text())
    reader.press(words["front"], "#bar", seconds=30)
    reader.press("Winter ferries, corrected")
    server.stop()
    reader.open(30)
    checks.true(f"without a network the headlines stand: {reader.text()[:200]!r}", "Winter ferries, corrected" in reader.headlines())
    reader.press("Winter ferries, corrected")
    checks.true("and what was read", "leave at seven" in reader.text())
    reader.press(words["help"], "#bar")
    reader.press(words["forget"], "#main", seconds=30)
    checks.none("stored after", reader.stored())
    checks.none("a service worker after", browser.run(
        "async () => (await navigator.serviceWorker.getRegistrations()).map(r => r.scope)"))


TESTS = (test_a_mirror_is_read_by_ranges, test_the_page_says_its_own_hash, test_a_host_without_ranges,
         test_a_doctored_mirror, test_kept_only_if_asked_and_forgotten)
