"""axe-core, the accessibility checker: fetched from the npm registry when a test wants it, one version
by its hash, kept in the build directory; and what it finds in a page.
"""
import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile

VERSION = "4.14.1"
INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="

# color-contrast needs the page as drawn and both themes; all rules of WCAG 2.2 A and AA, and axe's own
# advice, which includes landmarks and the order of headings.
RUN = """async () => {
    const got = await axe.run(document, { preload: false, resultTypes: ['violations'] });
    return got.violations.map(one => one.id + ': ' + one.help + ': ' +
        one.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' (' + node.any.concat(node.all, node.none)
            .map(check => check.message).join('; ').slice(0, 200) + ')').join(' | '));
}"""


def fetch(build):
    """The script's text, or None where it cannot be had."""
    kept = os.path.join(build, f"axe-core-{VERSION}.tgz")
    if not os.path.exists(kept) and not download(kept):
        return None
    with open(kept, "rb") as archive:
        digest = hashlib.sha512(archive.read()).digest()
    if "sha512-" + base64.b64encode(digest).decode() != INTEGRITY:
        os.remove(kept)
        raise SystemExit(f"axe-core {VERSION} is not the file that it was: nothing of it is run")
    with tarfile.open(kept) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


def download(kept):
    npm = shutil.which("npm")
    if npm is None:
        return False
    with tempfile.TemporaryDirectory(dir=os.path.dirname(kept)) as place:
        try:
            got = subprocess.run([npm, "pack", "--silent", f"axe-core@{VERSION}"], cwd=place, timeout=60,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
            os.replace(os.path.join(place, got.stdout.decode().split()[-1]), kept)
        except (subprocess.SubprocessError, OSError, IndexError):
            return False
    return True


def find(browser, script):
    """What axe has against the page as it is now: a line a rule."""
    if not browser.run("() => Boolean(window.axe)"):
        browser.run("() => { " + script + "\n}")
    return browser.run(RUN)
