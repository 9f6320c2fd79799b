#!/usr/bin/env python3
"""search_deep.py WORD PATH…: names each file that has the word in its name, its bytes, or in any zlib stream in
them, three deep: so it looks into bundles, loose objects, packs, and bundles inside of those.  Case does not matter."""
import os
import sys
import zlib

word = sys.argv[1].encode().lower()


def has(data, depth):
    if word in data.lower():
        return True
    at = data.find(b"\x78")
    while depth > 0 and at >= 0:
        if at + 1 < len(data) and (0x7800 + data[at + 1]) % 31 == 0:
            stream = zlib.decompressobj()
            try:
                out = stream.decompress(data[at:], 64 << 20)
            except zlib.error:
                out = b""
            if out and has(out, depth - 1):
                return True
        at = data.find(b"\x78", at + 1)
    return False


for top in sys.argv[2:]:
    paths = [top] if os.path.isfile(top) else [os.path.join(d, f) for d, _, fs in os.walk(top) for f in fs]
    for path in sorted(paths):
        with open(path, "rb") as f:
            if has(f.read(), 3) or word in path.lower().encode():
                print(path)
