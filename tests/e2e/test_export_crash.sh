#!/bin/sh
# Exporting onto what fails: killed at any moment, a full disk, a stick that is pulled out, a source that goes away.  What is
# there is whole, or not there; what was there before stays.  And memory does not grow with what is carried.
# label: plain
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=kills.sh
. "$(dirname "$0")/kills.sh"
need git jq python3
trap 'umount small 2>/dev/null; rm -rf "$work"' EXIT

# pictures FROM TO: noise of about 6.5 MB each, with an article that shows it.
pictures() {
    python3 - "$1" "$2" <<'END'
import random
import struct
import sys
import zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
side = 2550
for n in range(int(sys.argv[1]), int(sys.argv[2])):
    r = random.Random(n)
    rows = b''.join(b'\0' + r.randbytes(side) for _ in range(side))
    open(f'p{n}.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 8, 0, 0, 0, 0)) +
                                  chunk(b'IDAT', zlib.compress(rows, 0)) + chunk(b'IEND', b''))
    print('{"id":"p-%d","title":"Picture %d","body":"<p>Words %d</p>","images":["p%d.png"]}' % (n, n, n, n))
END
}

make_publisher press
pictures 0 32 >articles.jsonl
publish press articles.jsonl >/dev/null 2>&1 || fault 'publishing'
rm -f p*.png
pin press
expect 0 '' mimeo export -o whole.mimeo press
whole=$(b2sum <whole.mimeo)
[ "$(stat -c %s whole.mimeo)" -gt 200000000 ] || fault 'the export is small'

# ---- memory ----

# peak COMMAND…: the most KiB that it had resident.
peak() {
    python3 - "$@" <<'END'
import resource
import subprocess
import sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}
most=$(peak "$MIMEO" export --force -o again.mimeo press)
[ "$most" -le 65536 ] || fault "200 MB went out in $most KiB"
most=$(peak "$MIMEO" export --force --part-size 25M -o again.mimeo press)
[ "$most" -le 65536 ] || fault "parts went out in $most KiB"
most=$(peak "$MIMEO" export --force --zip -o again.zip press)
[ "$most" -le 65536 ] || fault "a zip went out in $most KiB"
rm -f again*

# ---- killed ----

# whole_ones DIR: each file there is a pack, whole, and nothing else is there.
whole_ones() {
    python3 - "$1" <<'END' || fault "what a kill left in $1"
import os
import struct
import sys
for name in os.listdir(sys.argv[1]):
    assert name.endswith('.mimeo') and not name.startswith('.'), name
    d, at = open(os.path.join(sys.argv[1], name), 'rb').read(), 0
    while at < len(d):
        assert d[at:at + 8] == bytes.fromhex('8d4d4d4f0d0a1a0a'), (name, at)
        at += struct.unpack('>Q', d[at + 16:at + 24])[0]
    assert at == len(d), name
END
}
# Where a file can be without a name, nothing at all is left of one that is not whole.
mkdir probe && python3 -c '
import os, sys
try:
    os.close(os.open("probe", os.O_TMPFILE | os.O_WRONLY))
except OSError:
    sys.exit(1)' && nameless=yes || nameless=no
whole_run parts mimeo export --part-size 25M -o again.mimeo press
rm -f again*
step=0
while [ "$step" -lt 12 ]; do
    step=$((step + 1))
    rm -rf dir && mkdir dir
    killed_run parts "$MIMEO" export --part-size 25M -o dir/x.mimeo press
    [ "$nameless" = no ] && rm -f dir/.mimeo-tmp-*
    whole_ones dir
done
# What was there is the old or the new, and never half of it.
cp whole.mimeo dir/old.mimeo
for _ in 1 2 3 4 5 6 7 8; do
    killed_run small "$MIMEO" export --force --no-media -o dir/old.mimeo press
    now=$(b2sum <dir/old.mimeo)
    [ "$now" = "$whole" ] || expect 0 'good: verified' mimeo verify dir/old.mimeo
done
# A kill of the stream's reader is a failure and no crash.
{
    "$MIMEO" export -o - press 2>err
    echo $? >status
} | head -c 100000 >/dev/null
[ "$(cat status)" -ne 0 ] || fault 'a broken pipe is no failure'

# ---- asked to stop ----

rm -rf dir && mkdir dir
"$MIMEO" export --part-size 25M -o dir/x.mimeo press >/dev/null 2>err &
sleep 0.15
kill -INT $! 2>/dev/null
wait $!
status=$?
is 'files after a stop' "$(find dir -type f | wc -l)" "$([ "$status" -eq 0 ] && find dir -type f | wc -l || echo 0)"

# ---- the source or the target goes away ----

cp -R press stick && rm -rf stick/.git dir && mkdir dir
"$MIMEO" export -o dir/x.mimeo stick >out 2>err &
sleep 0.1
rm -rf stick
wait $!
status=$?
if [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || [ "$status" -eq 8 ]; then
    whole_ones dir
else
    is 'files of a source that went away' "$(find dir -type f | wc -l)" 0
fi
mkdir gone
"$MIMEO" export --part-size 25M -o gone/x.mimeo press >out 2>err &
sleep 0.1
rm -rf gone
wait $!
status=$?
[ ! -e gone ] || [ "$status" -eq 0 ] || fault 'a target that went away came back'

# ---- a full disk ----

mkdir small
if mount -t tmpfs -o size=60m tmpfs small 2>/dev/null; then
    echo before >small/x.mimeo
    expect 1 'full' mimeo export --force -o small/x.mimeo press
    is 'what was there' "$(cat small/x.mimeo)" before
    is 'and no other file' "$(find small -type f | wc -l)" 1
    expect 1 'full' mimeo export --part-size 25M -o small/y.mimeo press
    is 'no part is left' "$(find small -type f | wc -l)" 1
    expect 1 'full' mimeo export --zip -o small/z.zip press
    is 'no zip is left' "$(find small -type f | wc -l)" 1
    [ "$(df --output=avail -k small | tail -1)" -gt 60000 ] || fault 'room is lost'
    umount small
else
    echo 'no small tmpfs can be mounted here: a full disk was not tried'
fi

# ---- where a file cannot be without a name, as on FAT ----

# Without /proc a nameless file cannot be given a name, so it is made with one, just as there.
named() { unshare -m sh -c 'mount -t tmpfs tmpfs /proc && exec "$@"' named "$@"; }
if named true 2>/dev/null; then
    rm -rf dir && mkdir dir
    expect 0 '' named "$MIMEO" export -o dir/x.mimeo press
    is 'with a name' "$(b2sum <dir/x.mimeo)" "$whole"
    expect 1 'is there already' named "$MIMEO" export -o dir/x.mimeo press
    expect 0 '' named "$MIMEO" export --force --no-media -o dir/x.mimeo press
    expect 0 'good: verified' mimeo verify dir/x.mimeo
    for step in 1 2 3 4 5 6; do
        killed_run named unshare -m sh -c 'mount -t tmpfs tmpfs /proc && exec "$@"' named "$MIMEO" export -o dir/y.mimeo press
        [ ! -e dir/y.mimeo ] || [ "$(b2sum <dir/y.mimeo)" = "$whole" ] || fault "half a file after kill $step"
        rm -f dir/y.mimeo
    done
    expect 0 '' named "$MIMEO" export --no-media -o dir/y.mimeo press
    is 'leftovers' "$(find dir -name '.*' -type f | wc -l)" 0
else
    echo 'no namespace can be made here: files with temporary names were not tried'
fi
killed_often
done_testing
