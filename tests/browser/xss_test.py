"""Hostile pages through the program, and what comes out opened in a real Chromium: nothing runs, nothing
is asked for, nothing can be clicked that is not an address of http, https, mailto or mimeo, and the
browser's tree is the one that was meant however it is parsed.

    python3 -B xss_test.py MIMEO WORK

First the pages themselves are opened, as they are: enough of them must run or ask, or the test would
notice nothing.  Then each is taken two ways: `mimeo extract --html`, and published and read with
`read --html`.
"""
import html
import json
import os
import re
import subprocess
import sys

from browser import Browser, Fault
from checks import Checks
from sink import Sink
import xss_vectors

LIVE = 100  # of the vectors, at least so many do something in this browser as they are
NAMES = set("""a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dl dt em figcaption figure h2 h3 h4 h5
h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead
time tr u ul wbr""".split())
VOID = {"br", "hr", "img", "col", "wbr"}
ATTRIBUTES = set("lang dir href src alt width height colspan rowspan scope start reversed datetime".split())
TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z]+="[^"<>]*")*)>|([^<>]+)')
PAIR = re.compile(r' ([a-z]+)="([^"]*)"')

# The tree that the browser makes of the text, by each way that it can be made to.
TREES = """(text) => {
    const walk = node => [...node.childNodes].map(child =>
        child.nodeType === 3 ? child.data
        : child.nodeType !== 1 ? ['not an element: ' + child.nodeName]
        : [child.namespaceURI === 'http://www.w3.org/1999/xhtml' ? child.localName : child.namespaceURI + child.localName,
           [...child.attributes].map(one => [one.name, one.value]), walk(child)]);
    const once = document.createElement('div'), twice = document.createElement('div');
    const template = document.createElement('template');
    once.innerHTML = text;
    twice.innerHTML = once.innerHTML;
    template.innerHTML = text;
    const other = new DOMParser().parseFromString('<!DOCTYPE html><body>' + text, 'text/html');
    const links = [...document.querySelectorAll('a, area, form, img, source, link')].map(one => one.protocol).filter(Boolean);
    return JSON.stringify({ here: walk(document.body), once: walk(once), template: walk(template.content),
                            other: walk(other.body), twice: walk(twice), links });
}"""


class NotClean(Exception):
    pass


def meant(text):
    """The tree of clean HTML, read by its own strict grammar and no browser's."""
    root = ["", [], []]
    stack, at = [root], 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if not token:
            raise NotClean(f"not of the grammar: {text[at:at + 80]!r}")
        at = token.end()
        closing, name, pairs, words = token.groups()
        here = stack[-1]
        if words is not None:
            if here[0] == "pre" and not here[2] and words.startswith("\n"):
                words = words[1:]  # as a browser does
            if words:
                here[2].append(html.unescape(words))
        elif closing:
            if here[0] != name or len(stack) == 1:
                raise NotClean(f"</{name}> closes {here[0]!r}")
            stack.pop()
        else:
            attributes = [[key, html.unescape(value)] for key, value in PAIR.findall(pairs)]
            if name not in NAMES or any(key not in ATTRIBUTES for key, _ in attributes):
                raise NotClean(f"<{name}{pairs}> is none of ours")
            node = [name, attributes, []]
            here[2].append(node)
            if name not in VOID:
                stack.append(node)
    if len(stack) > 1:
        raise NotClean(f"<{stack[-1][0]}> stays open")
    return root[2]


def run(arguments, directory):
    ran = subprocess.run(arguments, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=120, check=False)
    return ran.returncode, ran.stdout, ran.stderr.decode("utf-8", "replace")


def write(pages, directory):
    """The file of each page, (kind, number)'s."""
    paths = {}
    os.mkdir(directory)
    for kind, number, page in pages:
        path = os.path.join(directory, f"{kind.replace(' ', '-')}-{number:02}.html")
        with open(path, "wb") as out:
            out.write(page)
        paths[kind, number] = path
    return paths


def extracted(checks, mimeo, work, paths):
    """(what, HTML) of each page, as `extract` shows it."""
    found = []
    for (kind, number), path in paths.items():
        status, output, talk = run([mimeo, "extract", "--html", path], work)
        checks.true(f"extract {kind} {number}: status {status}: {talk}", status in (0, 10))
        if status == 0:
            found.append((f"extract {kind} {number}", output.decode("utf-8")))
    return found


def published(checks, mimeo, work, paths):
    """The same of what was published and is read."""
    base = [mimeo, "-q", "--library", "library"]
    run(base + ["init", "press", "--name", "Vectors", "--root-key", "root", "--key", "key", "--no-passphrase"], work)
    status, output, talk = run(base + ["publish", "-C", "press", "--key", "key", "--no-pictures",
                                       os.path.dirname(next(iter(paths.values())))], work)
    checks.true(f"publish: status {status}: {output[-300:]} {talk[-300:]}", status in (0, 10))
    _, output, _ = run(base + ["list", "-C", "press", "--json"], work)
    found = []
    for line in output.splitlines():
        identity = json.loads(line)["id"]
        status, body, talk = run(base + ["read", "-C", "press", "--html", identity], work)
        if checks.true(f"read {identity}: status {status}: {talk}", status == 0):
            found.append((f"publish {identity}", body.decode("utf-8")))
    return found


def proof(checks, browser, paths):
    """The vectors as they are: most do what they are for."""
    live = 0
    for path in paths.values():
        try:
            browser.open("file://" + path, wait="interactive")
            browser.settle()
        except Fault:  # it went elsewhere in the middle of it
            pass
        did = browser.ran or browser.prompts or browser.sink.asked
        live += bool(did)
        try:
            browser.open("about:blank")
        except Fault:
            pass
        browser.clear()
    checks.say(f"{live} of {len(paths)} pages run or ask in this browser as they are")
    checks.true(f"only {live} of the pages do anything as they are", live >= LIVE)


def without_first_lines(tree, name=None):
    if tree is None:
        return None
    nodes = [node if isinstance(node, str) else [node[0], node[1], without_first_lines(node[2], node[0])] for node in tree]
    if name == "pre" and nodes and isinstance(nodes[0], str):
        nodes[0] = nodes[0].lstrip("\n")
    return [node for node in nodes if node != ""]


def look(checks, browser, what, text, path):
    """One output in the browser."""
    text = text[:-1] if text.endswith("\n") else text
    try:
        wanted = meant(text)
    except NotClean as why:
        checks.fault(f"{what}: {why}")
        wanted = None
    with open(path, "w", encoding="utf-8") as out:
        out.write('<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>' + text + "</body></html>")
    browser.open("file://" + path)
    trees = json.loads(browser.run(TREES, text))
    links = set(trees.pop("links")) - {"http:", "https:", "mailto:", "mimeo:"}
    checks.none(f"{what}: links", sorted(links))
    for way, tree in trees.items():
        if way == "twice":  # a browser writes no second line end behind <pre>, and so loses the first
            tree, wanted = without_first_lines(tree), without_first_lines(wanted)
        if wanted is not None:
            checks.true(f"{what}: {way} is another tree:\n    {json.dumps(tree)[:900]}\n    {json.dumps(wanted)[:900]}",
                        tree == wanted)
    checks.nothing_happened(what)


def main():
    mimeo, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    listener = Sink()
    vectors = list(xss_vectors.pages("mimeoRan(1)", f"http://127.0.0.1:{listener.port}"))
    paths = write(vectors, os.path.join(work, "vectors"))
    with Browser.start("chromium", os.path.join(work, "browser")) as browser:
        checks = Checks(browser, os.path.join(work, "pictures"))
        proof(checks, browser, paths)
        listener.asked.clear()
        outputs = []
        if run([mimeo, "extract", "-h"], work)[0] == 0:
            outputs += extracted(checks, mimeo, work, paths)
            whole = sum("lighthouse" in text for _, text in outputs)
            checks.true(f"only {whole} of {len(paths)} articles came through", whole > 0.9 * len(paths))
        outputs += published(checks, mimeo, work, paths)
        checks.none("the program asked", listener.asked)
        checks.say(f"{len(outputs)} outputs of {len(paths)} pages")
        # Of most vectors nothing is left, and `read` shows what `extract` does: the same bytes are looked at once.
        names = {}
        for what, text in outputs:
            names.setdefault(text, []).append(what)
        checks.say(f"{len(names)} of them differ")
        for number, (text, whats) in enumerate(names.items()):
            what = whats[0] if len(whats) == 1 else f"{whats[0]} and {len(whats) - 1} more"
            look(checks, browser, what, text, os.path.join(work, f"out-{number}.html"))
        checks.none("the listener was asked", listener.asked)
        listener.close()
        checks.finish()


if __name__ == "__main__":
    main()
