"""A pack from a mirror's directory, by FORMAT.md section 4 and no code of ours: charters, bundles, media.

    make_pack.py MIRROR OUT [SEQ…]      only bundles of these seqs, in this order
"""
import pathlib
import struct
import sys


def prefixed(kind, body, header_len):
    return b'\x8dMMO\r\n\x1a\n' + struct.pack('>B3xIQ', kind, header_len, 24 + len(body)) + body


mirror = pathlib.Path(sys.argv[1])
bundles = {int(''.join(p.relative_to(mirror / 'bundles').with_suffix('').parts)): p
           for p in sorted((mirror / 'bundles').rglob('*.mimeo'))}
seqs = [int(s) for s in sys.argv[3:]] or sorted(bundles)
with open(sys.argv[2], 'wb') as out:
    for path in sorted((mirror / 'charter').iterdir()):
        note = path.read_bytes()
        out.write(prefixed(1, note, len(note)))
    for seq in seqs:
        out.write(bundles[seq].read_bytes())
    for path in sorted((mirror / 'media').rglob('*')):
        if path.is_file():
            out.write(prefixed(5, path.read_bytes(), 0))
