"""Counts what was checked and what was wrong, in the words of tests/e2e/lib.sh; keeps a picture of the
page for each fault.
"""
import os
import sys
import time
import traceback

from browser import Fault


class Checks:
    def __init__(self, browser, pictures, only=()):
        self.browser = browser
        self.only = only    # words that the names of the tests to run hold; none: all
        self.quiet = False  # whether each test ends with a look at what was asked for and said
        self.pictures = pictures
        self.count = 0
        self.faults = 0
        self.began = time.monotonic()

    def say(self, words):
        print(f"[{time.monotonic() - self.began:5.1f}] {words}", flush=True)

    def fault(self, words):
        self.faults += 1
        print(f"FAULT: {words}", flush=True)
        try:
            os.makedirs(self.pictures, exist_ok=True)
            path = os.path.join(self.pictures, f"{self.browser.name}-{self.faults}.png")
            self.browser.shot(path)
            print(f"    as it looked: {path}", flush=True)
        except Exception as why:  # a picture is a help, not the test
            print(f"    no picture: {why}", flush=True)

    def true(self, what, holds):
        self.count += 1
        if not holds:
            self.fault(what)
        return bool(holds)

    def same(self, what, got, wanted):
        self.count += 1
        if got != wanted:
            self.fault(f"{what}: {got!r}, not {wanted!r}")

    def none(self, what, found):
        self.count += 1
        if found:
            self.fault(f"{what}:" + "".join(f"\n    {str(one)[:600]}" for one in found[:12]))

    def part(self, test, *arguments):
        """One test; whatever it raises is a fault of it, and the next goes on."""
        if self.only and not any(word in test.__name__ or test.__name__[5:] in word for word in self.only):
            return
        self.say(test.__name__.replace("_", " "))
        try:
            test(self, *arguments)
        except Fault as why:
            self.fault(f"{test.__name__}: {why}")
        except Exception:
            self.fault(f"{test.__name__}: {traceback.format_exc()}")
        if self.quiet:
            self.nothing_happened(test.__name__)

    def nothing_happened(self, where):
        """Nothing was asked for, said in the console, run or prompted since the last test."""
        self.none(f"{where}: requests", self.browser.requests())
        self.none(f"{where}: the console", self.browser.console)
        self.none(f"{where}: ran", self.browser.ran + self.browser.prompts)
        self.browser.clear()  # settled by requests()

    def finish(self):
        self.say(f"{self.browser.name}: {self.count} checks, {self.faults} faults")
        sys.exit(1 if self.faults else 0)
