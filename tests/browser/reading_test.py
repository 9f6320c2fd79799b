"""What people do with the page: open packs, read, search, compare the fingerprint, and close it."""
import json
import os

import packs
from reader import Reader

WIDTHS = (360, 1440)


def look(checks, where, themes=("light",)):
    """The screen as it is: at both widths, accessible, nothing over the edge."""
    browser, reader = checks.browser, checks.reader
    for theme in themes:
        reader.dress(theme)
        checks.same(f"{where}, {theme}: the paper is dark", reader.paper_is_dark(), theme == "dark")
        for width in WIDTHS:
            browser.size(width)
            checks.none(f"{where} at {width}, {theme}: over the edge", reader.overflow())
            checks.none(f"{where} at {width}, {theme}: too small to hit", reader.small_targets())
            if checks.axe and width == WIDTHS[0]:
                checks.none(f"{where} at {width}, {theme}: axe", checks.find(browser, checks.axe))
    reader.dress("light")


def test_it_begins_with_nothing(checks, world):
    reader = checks.reader
    reader.open()
    checks.true("it says what to do", checks.words["intro"] in reader.text())
    checks.none("stored", reader.stored())
    look(checks, "the start", ("light", "dark"))


def test_its_policy(checks, world):
    """No source but the page itself: what the meta element says, word by word."""
    checks.reader.open()
    policy, referrer = checks.browser.run("""() => [
        document.querySelector('meta[http-equiv=Content-Security-Policy]').content,
        document.querySelector('meta[name=referrer]').content]""")
    sources = {words[0]: words[1:] for words in (rule.split() for rule in policy.split(";"))}
    wanted = {"default-src": ["'none'"], "img-src": ["blob:", "data:"], "worker-src": ["blob:", "'self'"],
              "connect-src": ["'self'"], "base-uri": ["'none'"], "form-action": ["'none'"]}
    for name in ("script-src", "style-src"):
        loose = [one for one in sources.pop(name) if not one.startswith("'sha256-") and one != "'wasm-unsafe-eval'"]
        checks.none(f"{name} lets in", loose)
    checks.same("the other sources", sources, wanted)
    checks.same("the referrer", referrer, "no-referrer")


def test_a_dropped_pack(checks, world):
    reader, browser = checks.reader, checks.browser
    reader.open()
    browser.run("() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'dropped' }))")
    browser.files("#dropped", f"{world}/press.mimeo")
    reader._mark()
    browser.run("""() => { const dropped = document.getElementById('dropped'), data = new DataTransfer();
        data.items.add(dropped.files[0]);
        dropped.remove();
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); }""")
    reader._changed()
    checks.true("is read", len(reader.headlines()) > 5)


def test_nothing_of_it_is_left(checks, world):
    """In the browser's own directory, where it keeps history, caches and sessions."""
    traces = ("burned nearly twice as much fuel", "Landings rise again", "Harbour Courier", "harbour lights at dawn", "Wide 3")
    wanted = [form for trace in traces for form in (trace.encode(), trace.encode("utf-16-le"))]
    found, looked = [], 0
    for path in packs.files_below(os.path.join(checks.browser.directory, "profile")):
        try:
            content = packs.read(path)
        except OSError:
            continue  # it comes and goes
        looked += 1
        found += [f"{path}: {trace}" for trace in wanted if trace in content]
    checks.true(f"there is something to look at: {looked} files", looked > 10)
    checks.none("traces", found)


def test_a_pack_is_read(checks, world):
    reader, browser, words = checks.reader, checks.browser, checks.words
    listed = [json.loads(line) for line in open(f"{world}/press.list", encoding="utf-8")]
    reader.open()
    reader.give(f"{world}/press.mimeo")
    checks.none("headlines that are missing", set(a["title"] for a in listed) - set(reader.headlines()))
    checks.same("the title is not what it calls itself", reader.text("h1"), words["unconfirmed"])
    checks.true("it says what it calls itself", "The Harbour Courier" in reader.text(".mast"))
    checks.true("a stub of what was withdrawn", any(words["retract"] in one for one in reader.texts(".story")))
    look(checks, "the front", ("light", "dark"))

    unproven = ("warn", words["unknown-publisher"])
    says = lambda: any(level == unproven[0] and unproven[1] in text for level, text in reader.signs())
    checks.true("the front says that nobody vouched", says())
    reader.press("Landings rise again, but the fleet is smaller")
    checks.true("the article says so too", says())
    checks.true("its text", "burned nearly twice as much fuel" in reader.text())
    checks.true("its picture", browser.wait("""() => { const all = [...document.querySelectorAll('#main img')];
        return all.length > 0 && all.every(i => i.complete && i.naturalWidth > 0 && i.src.startsWith('blob:')); }""",
                                            what="the picture"))
    look(checks, "an article", ("light", "dark"))
    browser.press("Escape")
    reader.ready()
    reader.press("Winter ferries, corrected")
    checks.true("the correction before its text", "not at six" in reader.text(".note"))
    reader.press(words["history"], changes=False)
    browser.wait("() => document.querySelectorAll('details li').length === 2", what="both versions")
    browser.press("Escape")
    reader.ready()
    checks.same("the address says nothing", browser.run("() => [location.href, document.title]"),
                [reader.address, "Reader"])
    checks.none("stored", reader.stored())


def test_languages_sections_and_search(checks, world):
    reader, browser, words = checks.reader, checks.browser, checks.words
    reader.open()
    reader.give(f"{world}/press.mimeo")
    everything = len(reader.headlines())
    reader.press("People", ".sections")
    checks.same("one section", reader.headlines(), ["The last keeper comes down the stairs"])
    reader.press(words["all"], ".sections")
    checks.same("all again", len(reader.headlines()), everything)
    right = browser.run("() => [...document.querySelectorAll('.story [lang=fa]')].map(e => getComputedStyle(e).direction)")
    checks.true(f"Persian runs from the right: {right}", right and set(right) == {"rtl"})
    reader.press(words["search"], "#bar")
    reader.browser.type("input[type=search]", "keeper stairs")
    browser.press("Enter")
    browser.wait("() => document.querySelectorAll('.hits li').length > 0", what="hits")
    checks.true("found", "The last keeper comes down the stairs" in reader.headlines())
    look(checks, "search")


def test_keys(checks, world):
    reader, browser, words = checks.reader, checks.browser, checks.words
    reader.open()
    reader.give(f"{world}/press.mimeo")
    browser.press("j")
    browser.press("j")
    second = browser.run("() => document.activeElement.innerText")
    checks.same("j walks through the headlines", second, reader.headlines()[1])
    browser.press("Enter")
    browser.wait("() => document.querySelector('article.article')", what="the article")
    browser.press("Escape")
    browser.wait("() => document.querySelector('.stories')", what="the front again")
    checks.same("and the headline has the focus again", browser.run("() => document.activeElement.innerText"), second)
    browser.press("?")
    browser.wait("() => document.querySelector('.keys')", what="help")
    look(checks, "help")


def test_a_publisher_is_confirmed(checks, world):
    reader, browser, words = checks.reader, checks.browser, checks.words
    link = open(f"{world}/press.link", encoding="utf-8").read().strip()

    def begin():
        reader.open()
        reader.give(f"{world}/press.mimeo")
        reader.publisher()

    def compare(text):
        browser.type("#main form input[maxlength='4000']", text)
        browser.press("Enter")
        return browser.wait("() => { const s = document.querySelector('#main form .sign'); return s && s.innerText.trim(); }",
                            what="an answer to what was typed")

    begin()
    look(checks, "the publisher")
    digits = " ".join(reader.texts(".digits span"))
    checks.same("the digits are the program's", digits, open(f"{world}/press.digits", encoding="utf-8").read().strip())
    picture = os.path.join(world, "code.png")
    browser.size(1440, 1000)
    browser.shot_of(".qr", picture)
    browser.size(360)
    checks.true("other digits are not the same", words["other"] in compare("12345 " * 8))
    begin()
    checks.true("a slip is told from a forgery", words["misread"] in compare("12345 123"))
    begin()
    checks.true("the digits", words["same"] in compare(digits))
    reader.press(words["front"], "#bar")
    checks.same("now it has its name", reader.text("h1"), "The Harbour Courier")
    checks.true("and is verified", ("good", words["good"]) in [(a, b[:len(words["good"])]) for a, b in reader.signs()])
    begin()
    checks.true("the link", words["same"] in compare(link))
    begin()
    browser.files("#main form input[type=file]", picture)
    browser.wait("() => document.querySelector('#main form .sign')", what="what the picture of the code says")
    checks.true("a picture of the code, which is the page's own", words["same"] in reader.text("#main form .sign"))
    checks.none("stored", reader.stored())


def test_parts_in_any_order(checks, world):
    """Cut by somebody by hand: bundles that came without their charter wait for it."""
    reader = checks.reader
    mirror = f"{world}/press"
    charter = packs.charters(mirror)
    parts = [packs.bundles(mirror)[:2], packs.bundles(mirror)[2:], charter, charter + packs.media(mirror)]
    paths = [packs.write(f"{world}/part-{n}.mimeo", part) for n, part in enumerate(parts)]
    reader.open()
    for path in paths[:2]:
        reader.give(path)
        checks.none("without the charter nothing is shown", reader.headlines())
    reader.give(paths[2])
    reader.give(paths[3])
    together = sorted(reader.headlines())
    reader.open()
    reader.give(*paths[::-1])
    checks.same("one by one is as all at once", together, sorted(reader.headlines()))
    checks.true("and something is there", len(together) > 5)


def test_two_publishers_of_one_name(checks, world):
    reader, words = checks.reader, checks.words
    reader.open()
    reader.give(f"{world}/press.mimeo", f"{world}/rival.mimeo")
    checks.same("both stand there, unconfirmed", reader.texts("#main h2"), [words["unconfirmed"]] * 2)
    look(checks, "the shelf")


def test_parts_of_an_export(checks, world):
    """Some of them are useful; what is missing is asked for by part and bundles."""
    reader, words = checks.reader, checks.words
    parts = sorted(os.path.join(world, name) for name in os.listdir(world) if name.startswith("wide") and name.endswith("mimeo"))
    checks.true(f"there are several: {parts}", len(parts) >= 3)
    reader.open()
    reader.give(parts[0], *parts[2:])
    some = len(reader.headlines())
    checks.true(f"some articles are here: {some}", 0 < some < 6)
    reader.publisher()
    asked = words["part"].replace("{a}", "2").replace("{b}", str(len(parts)))
    checks.true(f"it asks for part 2: {reader.text()[-900:]!r}", asked in reader.text())
    look(checks, "the publisher with a part missing")
    reader.press(words["files"], "#bar")
    reader.give(parts[1])
    checks.same("with the last all are here", sorted(reader.headlines()), [f"Wide {n}" for n in range(1, 7)])
    reader.publisher()
    checks.true("and nothing is asked for", words["askFor"] not in reader.text())


def test_an_encrypted_pack(checks, world):
    reader, browser, words = checks.reader, checks.browser, checks.words
    reader.open()
    reader.give(f"{world}/sealed")
    checks.true(f"it asks for the passphrase: {reader.text()!r}", words["sealed"] in reader.text())
    look(checks, "the passphrase")
    for passphrase, right in (("harbour lights", False), ("harbour lights at dawn", True)):
        reader._mark()
        browser.type("input[type=password]", passphrase)
        browser.press("Enter")
        reader._changed(60)
        checks.same(f"{passphrase!r} opens it", "Winter ferries, corrected" in reader.headlines(), right)
        checks.same("a wrong one is told", words["wrongPassphrase"] in reader.text(), not right)
    checks.none("stored", reader.stored())


def test_one_file_with_everything(checks, world):
    """What mimeo export --single-file made reads itself when it is opened."""
    reader, whole = checks.reader, Reader(checks.browser, f"file://{world}/single.html")
    whole.open()
    checks.browser.wait("() => document.querySelector('.stories')", what="the front page by itself")
    checks.true("headlines", "Winter ferries, corrected" in whole.headlines())
    checks.true("nobody vouched for it", any(checks.words["unknown-publisher"] in text for _, text in whole.signs()))
    checks.reader = whole
    look(checks, "one file")
    checks.reader = reader


def test_every_language(checks, world):
    reader, browser = checks.reader, checks.browser
    reader.open()
    reader.give(f"{world}/press.mimeo")
    browser.size(360)
    for lang in ("ru", "uk", "fa", "ar", "zh", "es", "en"):
        browser.press("?")
        browser.wait("() => document.querySelector('.keys')", what="help")
        reader._mark()
        browser.run("""(lang) => { const all = [...document.querySelectorAll('#main select')];
            const s = all.find(one => [...one.options].some(o => o.value === lang)); s.value = lang;
            s.dispatchEvent(new Event('change')); }""", lang)
        reader._changed()
        checks.same(f"{lang}: direction", browser.run("() => [document.documentElement.lang, getComputedStyle(document.body).direction]"),
                    [lang, "rtl" if lang in ("fa", "ar") else "ltr"])
        checks.none(f"{lang}: over the edge", reader.overflow())
        if checks.axe:
            checks.none(f"{lang}: axe", checks.find(browser, checks.axe))
        browser.press("Escape")
        browser.wait("() => document.querySelector('.stories')", what="the front")
        checks.none(f"{lang}: the front is over the edge", reader.overflow())
        checks.none(f"{lang}: said without a gap", reader.touching())
        checks.none(f"{lang}: words without a translation", browser.run(
            "() => document.getElementById('page').innerText.match(/\\{\\w+\\}/g) || []"))


TESTS = (test_it_begins_with_nothing, test_its_policy, test_a_pack_is_read, test_languages_sections_and_search, test_keys,
         test_a_publisher_is_confirmed, test_parts_in_any_order, test_parts_of_an_export,
         test_an_encrypted_pack, test_one_file_with_everything, test_two_publishers_of_one_name, test_a_dropped_pack,
         test_every_language, test_nothing_of_it_is_left)
