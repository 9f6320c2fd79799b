#!/usr/bin/env python3
"""Pictures that lie, bombs and damaged ones, for test_pictures.sh.

    bad_pictures.py make DIR SOURCE_DIR        a file each, named "WORDS OF THE REFUSAL, - for blanks~NAME.EXT"; "taken~…" is
                                               one that may come through
    bad_pictures.py run SECONDS MIB COMMAND…   run it; its status, or 99 where it took more processor time or memory
"""
import os
import resource
import struct
import subprocess
import sys
import zlib


def png_chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width, height, packed, depth=8, colour=2, interlace=0, extra=b""):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + extra + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def zeros(count):
    deflate = zlib.compressobj(9)
    step = 1 << 24
    parts = [deflate.compress(b"\0" * min(step, count - at)) for at in range(0, count, step)]
    return b"".join(parts) + deflate.flush()


def pngs():
    row = 10000 * 6 + 1
    yield "a-side-may-have", "huge.png", png(50000, 50000, zeros(1 << 20))
    yield "taken", "large-rgb16.png", png(10000, 10000, zeros(row * 10000), 16)
    yield "MiB-of-memory", "large-interlaced.png", png(10000, 10000, zeros(1 << 20), 8, 6, 1)
    yield "cut-short", "short-pixels.png", png(10000, 10000, zeros(1 << 20), 8, 6)[:-400]
    yield "no-width", "nothing.png", png(0, 10, zeros(10))
    yield "checksum", "damaged.png", png(8, 8, zeros(200))[:50] + b"!" + png(8, 8, zeros(200))[51:]
    yield "taken", "profile-bomb.png", png(8, 8, zeros(8 * 25), extra=png_chunk(b"iCCP", b"x\0\0" + zeros(1 << 28)))
    yield "taken", "text-bomb.png", png(8, 8, zeros(8 * 25), extra=png_chunk(b"zTXt", b"x\0\0" + zeros(1 << 28)))


def gif(width, height, frame, count):
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff"
    return head + frame * count + b";"


def gif_frame(width, height):
    # One pixel, and an end code: decoders take what is there.  Codes of 3 bits: clear, 0, end.
    return b"\x21\xf9\4\0\1\0\0\0,\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\2\2\x44\1\0"


def gifs():
    yield "taken", "frames.gif", gif(1, 1, gif_frame(1, 1), 100000)
    yield "taken", "large-frames.gif", gif(2000, 2000, gif_frame(1, 1), 100000)
    yield "MiB-of-memory", "large-canvas.gif", gif(16384, 6000, gif_frame(1, 1), 1000)
    yield "taken", "few-pixels.gif", gif(2000, 2000, gif_frame(2000, 2000), 1000)
    yield "taken", "large-pair.gif", gif(4800, 4800, gif_frame(4800, 4800), 2)
    yield "taken", "few-pixels-once.gif", gif(2100, 2100, gif_frame(2100, 2100), 1)
    yield "sticks-out", "sticks-out.gif", gif(10, 10, gif_frame(20, 20), 1)
    yield "no-width", "nothing.gif", gif(0, 0, gif_frame(1, 1), 1)
    yield "cut-short", "cut.gif", gif(10, 10, gif_frame(1, 1), 3)[:-4]


def webp_chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def u24(n):
    return struct.pack("<I", n)[:3]


def lossless(width, height):
    # All pixels of one colour (RFC 9649): each code has one symbol, so a pixel takes no bit at all.
    bits, n = 0, 0
    for value, count in [(0, 1), (0, 1), (0, 1)] + [(1, 1), (0, 1), (0, 1), (0, 1)] * 5:
        bits |= value << n
        n += count
    head = 0x2F | (width - 1) << 8 | (height - 1) << 22 | 1 << 36
    return head.to_bytes(5, "little") + bits.to_bytes((n + 7) // 8 + 8, "little")


def webps():
    canvas = lambda flags, w, h: webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + u24(w - 1) + u24(h - 1))
    frame = lambda w, h: webp_chunk(b"ANMF", u24(0) * 2 + u24(w - 1) + u24(h - 1) + u24(10) + b"\0" + webp_chunk(b"VP8L", lossless(w, h)))
    anim = webp_chunk(b"ANIM", b"\0" * 6)
    yield "MiB-of-memory", "large.webp", webp(webp_chunk(b"VP8L", lossless(16384, 6000)))
    yield "taken", "wide.webp", webp(webp_chunk(b"VP8L", lossless(5000, 5000)))
    yield "taken", "frames.webp", webp(canvas(2, 2000, 2000), anim, frame(2000, 2000) * 20000)
    yield "taken", "small-frames.webp", webp(canvas(2, 2, 2), anim, frame(2, 2) * 100000)
    yield "MiB-of-memory", "large-frames.webp", webp(canvas(2, 16384, 6000), anim, frame(16384, 6000) * 100)
    yield "two-different-sizes", "lies.webp", webp(canvas(0, 10, 10), webp_chunk(b"VP8L", lossless(2000, 2000)))
    yield "cut-short", "cut.webp", webp(webp_chunk(b"VP8L", lossless(20, 20)))[:-6]


def resized(jpeg, width, height):
    for at in range(2, len(jpeg) - 9):
        if jpeg[at] == 0xFF and jpeg[at + 1] in (0xC0, 0xC2):
            return jpeg[:at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9:]
    raise SystemExit("no frame")


def jpegs(corpus):
    with open(corpus + "plain.jpg", "rb") as f:
        plain = f.read()
    with open(corpus + "gray-progressive.jpg", "rb") as f:
        progressive = f.read()
    with open(corpus + "cmyk.jpg", "rb") as f:
        cmyk = f.read()
    scan = progressive.rindex(b"\xff\xda")
    scans = lambda n: progressive[:scan] + progressive[scan:-2] * n + b"\xff\xd9"
    yield "a-side-may-have", "huge.jpg", resized(plain, 65500, 65500)
    yield "taken", "large.jpg", resized(plain, 16384, 6000)
    yield "taken", "large-progressive.jpg", resized(progressive, 9000, 9000)
    yield "more-than-100-scans", "scans.jpg", scans(5000)
    yield "taken", "large-scans.jpg", resized(scans(90), 9000, 9000)
    yield "inks-are-stored", "inks.jpg", cmyk.replace(b"Adobe", b"Bdobe")
    yield "cut-short", "cut.jpg", plain[:-30]
    yield "no-width", "nothing.jpg", resized(plain, 0, 10)


def avifs(corpus):
    with open(corpus + "laden.avif", "rb") as f:
        avif = f.read()
    at = avif.index(b"ispe") + 8
    sized = lambda w, h: avif[:at] + struct.pack(">II", w, h) + avif[at + 8:]
    yield "a-side-may-have", "huge.avif", sized(60000, 60000)
    yield "cannot-be-decoded", "lies.avif", sized(9000, 9000)
    yield "cut-short", "cut.avif", avif[:-20]


def others():
    yield "HTML", "page.png", b"<!doctype html><title>Not found</title>"
    yield "empty", "empty.jpg", b""
    yield "something-unknown", "noise.gif", bytes(range(100)) * 50
    yield "SVG", "drawing.webp", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def make(directory, source):
    corpus = source + "/tests/fuzz/corpus/picture/"
    for maker in (pngs(), gifs(), webps(), jpegs(corpus), avifs(corpus), others()):
        for words, name, data in maker:
            with open(os.path.join(directory, words + "~" + name), "wb") as f:
                f.write(data)


def run(seconds, mib, command):
    status = subprocess.call(command, timeout=900)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took, peak = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    print(f"{took:.1f} s, {peak} MiB")
    if took > seconds or peak > mib:
        sys.exit(99)
    sys.exit(status)


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3])
else:
    run(float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
