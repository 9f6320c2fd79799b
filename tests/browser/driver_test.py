"""Would it be noticed?  A page that does what reader.html must never do, and one that does nothing."""
import os

import axe

BAD = """<!doctype html><html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; worker-src blob:; img-src http://127.0.0.1:4009">
<body><input type="file" id="pick"><button id="ask" onclick="alert('asked')"></button><img src="x:">
<script>
pick.onchange = () => { document.title = pick.files[0].name; };
console.error('told');
mimeoRan('a script');
setTimeout(() => { throw new Error('thrown'); });
Promise.reject(new Error('rejected'));
fetch('https://fetched.invalid/').catch(() => {});
document.body.append(Object.assign(new Image, { src: 'http://127.0.0.1:4009/picture' }));
new Worker(URL.createObjectURL(new Blob(["setTimeout(() => { throw new Error('in a worker'); })"])));
</script>"""

QUIET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>quiet</title>
<style>body { background: #fff; color: #000 }</style><main><h1>Quiet</h1><p>Nothing.</p></main>"""


def write(browser, name, text):
    path = os.path.join(browser.directory, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return "file://" + path


def test_what_a_bad_page_does_is_noticed(checks, script):
    browser = checks.browser
    browser.open(write(browser, "bad.html", BAD))
    browser.files("#pick", __file__)
    browser.wait("() => document.title === 'driver_test.py'", what="a picked file reaches the page")
    browser.click("#ask")
    browser.size(360)
    checks.same("the width", browser.run("() => innerWidth"), 360)
    requests = browser.requests()
    for words in ("proxy: GET http://127.0.0.1:4009/picture", "http://127.0.0.1:4009/picture"):
        checks.true(f"a request is noticed: {words}", any(one.startswith(words) for one in requests))
    for words in ("told", "thrown", "rejected", "in a worker", "policy: connect-src", "load: <img"):
        checks.true(f"noticed in the console: {words}: {browser.console}",
                    any(words in one for one in browser.console))
    checks.same("a script that runs is noticed", browser.ran, ["ran: a script"])
    checks.same("a prompt is noticed", browser.prompts, ["asked"])
    if script:
        found = " ".join(axe.find(browser, script))
        checks.true(f"axe notices: {found}", "image-alt" in found and "button-name" in found)
    browser.forget()


def test_of_a_quiet_page_nothing_is_said(checks, script):
    browser = checks.browser
    browser.open(write(browser, "quiet.html", QUIET))
    checks.none("requests", browser.requests())
    checks.none("the console", browser.console + browser.ran + browser.prompts)
    if script:
        checks.none("axe", axe.find(browser, script))
    browser.forget()


def test_driver(checks, script):
    checks.part(test_what_a_bad_page_does_is_noticed, script)
    checks.part(test_of_a_quiet_page_nothing_is_said, script)
