"""reader.html in a real browser.

    page_test.py chromium|firefox PAGE BUILD_DIR WORK_DIR

PAGE is reader.html, or - where there is none: then the driver alone is tested.
"""
import os
import sys

import axe
from browser import Browser
from checks import Checks
from driver_test import test_driver


def main():
    name, page, build, work = sys.argv[1:5]
    script = axe.fetch(build)
    with Browser.start(name, os.path.join(work, name)) as browser:
        checks = Checks(browser, os.path.join(build, "page-faults"))
        if script is None:
            checks.say("SKIP: axe-core cannot be had: what it would check is not checked")
        test_driver(checks, script)
    checks.finish()


if __name__ == "__main__":
    main()
