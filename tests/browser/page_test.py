"""reader.html in a real browser.

    page_test.py chromium|firefox PAGE BUILD_DIR WORK_DIR SOURCE_DIR

PAGE is reader.html, or - where there is none: then the driver alone is tested.  WORK_DIR/world is what
tests/e2e/page_world.sh made, WORK_DIR/lying.html the page with a worker that lies.
"""
import json
import os
import sys

import axe
import bad_input_test as bad
import mirror_test as mirror
import packs
import reading_test as reading
from browser import Browser
from checks import Checks
from driver_test import test_driver
from reader import Reader
from static_server import StaticServer
from vectors_test import test_the_vectors_have_the_programs_verdicts


def test_page(checks, server, page, work, source):
    world = os.path.join(work, "world")
    for name in ("press", "rival", "hostile"):
        packs.write(f"{world}/{name}.mimeo", packs.pack(f"{world}/{name}"))
    checks.reader = Reader(checks.browser, "file://" + page)
    with open(os.path.join(source, "mirror/web/page/words/en.json"), encoding="utf-8") as words:
        checks.words = json.load(words)
    for test in reading.TESTS:
        checks.part(test, world)
    for test in (bad.test_what_is_no_pack, bad.test_damage, bad.test_two_gigabytes, bad.test_hostile_articles,
                 bad.test_without_webassembly):
        checks.part(test, world)
    for test in mirror.TESTS:
        checks.part(test, server)
    checks.reader = Reader(checks.browser, "file://" + page)
    checks.part(bad.test_a_worker_that_lies, os.path.join(work, "lying.html"))
    vectors = os.path.join(source, "tests/vectors")
    if checks.browser.name == "chromium":
        checks.part(test_the_vectors_have_the_programs_verdicts, vectors)
    checks.part(bad.test_vectors, vectors)


def main():
    name, page, build, work, source = sys.argv[1:6]
    only = sys.argv[6:]
    script = axe.fetch(build)
    site = os.path.join(work, "site")
    os.makedirs(site, exist_ok=True)
    server = StaticServer(site)
    with Browser.start(name, os.path.join(work, name), [f"127.0.0.1:{server.port}"]) as browser:
        checks = Checks(browser, os.path.join(build, "page-faults"), only)
        checks.axe, checks.find = script, axe.find
        if script is None:
            checks.say("SKIP: axe-core cannot be had: what it would check is not checked")
        test_driver(checks, script)
        checks.quiet = True
        if page != "-":
            test_page(checks, server, page, work, source)
    checks.finish()


if __name__ == "__main__":
    main()
