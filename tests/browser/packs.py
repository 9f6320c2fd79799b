"""Packs by hand, from the files of a mirror, as FORMAT.md has them: what the page is given must not
depend on the program's own export.  And what a courier, a bad stick or a forger makes of them.
"""
import hashlib
import os
import struct

MAGIC = b"\x8dMMO\r\n\x1a\n"


def wrap(kind, content, header):
    return MAGIC + struct.pack("!B3xIQ", kind, len(content) if header else 0, 24 + len(content)) + content


def files_below(directory):
    for place, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            yield os.path.join(place, name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def hash_of(content):
    return hashlib.blake2b(content, digest_size=32).hexdigest()


def charters(mirror):
    return [wrap(1, read(path), True) for path in files_below(os.path.join(mirror, "charter"))]


def bundles(mirror):
    """Newest first, as they are: a bundle's file is an object."""
    return [read(path) for path in files_below(os.path.join(mirror, "bundles"))][::-1]


def media(mirror):
    return [wrap(5, read(path), False) for path in files_below(os.path.join(mirror, "media"))]


def pack(mirror, pictures=True):
    return charters(mirror) + bundles(mirror) + (media(mirror) if pictures else [])


def write(path, objects):
    with open(path, "wb") as out:
        out.write(b"".join(objects))
    return path


def damaged(whole):
    """(what was done, bytes): each a way in which a pack comes to grief."""
    size = len(whole)
    for part in (1, 7, 23, 24, 25, 100, size // 3, size // 2, size - 1):
        yield f"cut after {part} bytes", whole[:part]
    for at in (0, 8, 12, 20, 60, size // 4, size // 2, size * 3 // 4, size - 2):
        yield f"byte {at} flipped", whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1:]
    yield "begun in the middle", whole[size // 3:]
    yield "a hole of zeros", whole[:size // 3] + bytes(4096) + whole[size // 3 + 4096:]
    yield "spliced", whole[:size // 2] + whole[size // 3:]
    yield "line ends changed", whole.replace(b"\r\n", b"\n")
    yield "seven bits", bytes(byte & 127 for byte in whole)
    yield "a length of everything", whole[:16] + b"\xff" * 8 + whole[24:]
