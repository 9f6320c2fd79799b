"""Saves pages as a reader does with Chromium's "Webpage, Single File".

    snapshot.py WORK-DIRECTORY HOST:PORT PAGE-ADDRESS FILE [PAGE-ADDRESS FILE]…

The server at HOST:PORT is the tests' own; nothing else may be asked.
"""
import sys

from browser import Browser, Fault


def save(browser, address, path):
    browser.open(address)
    for prefix in ("goog:cdp.", "cdp."):  # as the driver of the day calls it
        try:
            session = browser.command(prefix + "getSession", context=browser.tab)["session"]
            got = browser.command(prefix + "sendCommand", session=session, method="Page.captureSnapshot",
                                  params={"format": "mhtml"})
            break
        except Fault as fault:
            if prefix == "cdp." or "unknown command" not in str(fault):
                raise
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write(got["result"]["data"])


def main(directory, server, *pairs):
    with Browser.start("chromium", directory, [server]) as browser:
        for address, path in zip(pairs[::2], pairs[1::2]):
            save(browser, address, path)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
