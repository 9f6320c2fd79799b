"""How long reader.html takes to open packs in Chromium, and how much memory: for people, never a test.

    python3 tests/bench/page.py BUILD_DIR [RUNS]

BUILD_DIR is a Release build with -DMIMEO_BENCH=ON in which reader.html was made.  Packs of about 1 MB and
50 MB of text, and of 50 MB of pictures, are made by the program of that build.  Printed for each: seconds
from the pick to the first headlines, the longest time in which the page answered nothing, and the largest
memory of the page's processes less what they had before, as a multiple of the pack.
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "browser"))
import packs
from browser import Browser
from memory import Peak, renderers_kb
from reader import Reader


PULSE = """() => { window.longest = 0; let last = performance.now();
    const beat = () => { const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now;
        if (window.longest >= 0) setTimeout(beat, 5); };
    beat(); }"""


def measure(browser, page, path, runs):
    reader = Reader(browser, "file://" + page)
    times, stalls, peaks = [], [], []
    for _ in range(runs):
        reader.open()
        browser.run("() => window.gc && gc()")
        time.sleep(0.5)
        before = renderers_kb(browser.process.pid)
        browser.run(PULSE)
        peak = Peak(browser.process.pid)
        peak.start()
        began = time.monotonic()
        browser.files("#pick", path)
        browser.wait("() => document.querySelectorAll('.story').length > 0", seconds=120, what="headlines")
        times.append(time.monotonic() - began)
        stalls.append(browser.run("() => window.longest") / 1000)
        peak.going = False
        peak.join()
        peaks.append((max(peak.kb, before) - before) * 1024)
    size = os.path.getsize(path)
    middle = sorted(times)[len(times) // 2]
    print(f"{os.path.basename(path):18} {size / 1e6:6.1f} MB   {middle:6.2f} s (of {runs}: {min(times):.2f}–{max(times):.2f})   "
          f"longest silence {max(stalls):5.3f} s   memory {max(peaks) / 1e6:6.1f} MB = {max(peaks) / size:4.1f} × the pack", flush=True)


def noise_png(random_bytes, side=900):
    rows = b"".join(b"\0" + random_bytes(side * 3) for _ in range(side))
    chunk = lambda kind, data: struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


class Press:
    def __init__(self, build, name):
        self.mimeo, self.name = os.path.join(build, "mimeo"), name
        self.run("init", name, "--name", "Bench", "--root-key", f"{name}.root", "--key", f"{name}.key", "--no-passphrase")

    def run(self, *arguments):
        subprocess.run([self.mimeo, "-q", "--library", f"{self.name}.library", *arguments], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def publish(self, *files):
        self.run("publish", "-C", self.name, "--key", f"{self.name}.key", *files)

    def pack(self, limit=None):
        """The newest bundles of up to limit bytes, and their pictures."""
        objects, size = packs.charters(self.name), 0
        for bundle in packs.bundles(self.name):
            if limit and size + len(bundle) > limit:
                break
            size += len(bundle)
            objects.append(bundle)
        return packs.write(f"{self.name}-{size >> 20}.mimeo", objects + packs.media(self.name))


def make_packs(build):
    with open("articles.jsonl", "wb") as out:
        subprocess.run([os.path.join(build, "tests", "articles"), "75000"], check=True, stdout=out)
    text = Press(build, "text")
    text.publish("articles.jsonl")
    generator = random.Random(7)
    os.mkdir("pictures")
    with open("pictured.jsonl", "w", encoding="utf-8") as out:
        for n in range(20):
            with open(f"pictures/{n}.png", "wb") as picture:
                picture.write(noise_png(generator.randbytes))
            out.write(f'{{"id":"p-{n}","lang":"en","title":"Picture {n}","body":"<p>x</p>",'
                      f'"images":[{{"file":"pictures/{n}.png","alt":"noise"}}]}}\n')
    pictured = Press(build, "pictured")
    pictured.publish("pictured.jsonl")
    return text.pack(1300 << 10), text.pack(50 << 20), pictured.pack()


def main():
    build = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    page = os.path.join(build, "reader.html")
    place = tempfile.mkdtemp()
    try:
        os.chdir(place)
        os.environ.update(HOME=place, XDG_DATA_HOME=os.path.join(place, "data"))
        paths = make_packs(build)
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")
        print(f"{model}, {os.cpu_count()} processors; {os.path.getsize(page)} bytes of page")
        with Browser.start("chromium", os.path.join(place, "browser")) as browser:
            for path in paths:
                measure(browser, page, os.path.join(place, path), runs)
    finally:
        os.chdir("/")
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
