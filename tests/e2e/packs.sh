# What the tests of packs share: packs made by hand from a mirror's files, and ways to spoil them.
# Sourced after lib.sh.
# shellcheck shell=sh

# make_pack MIRROR OUT [SEQ…]: charters, bundles (all, or these) and media, by no code of ours.
make_pack() { python3 "$MIMEO_SOURCE_DIR/tests/e2e/make_pack.py" "$@"; }

# big NUMBER: an article that does not compress, 30 kB.
big() {
    printf '{"id":"big-%s","lang":"en","title":"Big %s","text":"%s"}\n' "$1" "$1" "$(head -c 22000 /dev/urandom | base64 -w 0)"
}

# flip FILE OFFSET: one byte is another.
flip() {
    python3 -c '
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2])); b = f.read(1)
    f.seek(int(sys.argv[2])); f.write(bytes([b[0] ^ 0x55]))' "$1" "$2"
}

# object FILE KIND N: "OFFSET LENGTH" of the n-th object (from 1) of a kind.
object() {
    python3 -c '
import struct, sys
data, kind, n, at = open(sys.argv[1], "rb").read(), int(sys.argv[2]), int(sys.argv[3]), 0
while at < len(data):
    k, length = data[at + 8], struct.unpack(">Q", data[at + 16:at + 24])[0]
    if k == kind:
        n -= 1
        if n == 0:
            print(at, length)
            break
    at += length' "$@"
}

# held LIBRARY: how many bundles are held of all publishers.
held() { find "$1/publishers" -name '*.mimeo' 2>/dev/null | wc -l; }
pictures() { find "$1/publishers" -path '*/media/*' -type f 2>/dev/null | wc -l; }
