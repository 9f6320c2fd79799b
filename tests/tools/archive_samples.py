#!/usr/bin/env python3
"""Web archives to test with, good ones and hostile ones.

    archive_samples.py DIR [--large]

Each in DIR/KIND/NAME.  The small ones are the corpora of the fuzz harnesses (tests/fuzz/corpus/warc, zim, wacz, mhtml, http_body), which
are made again with it; with --large there are bombs, too, which are made where they are needed and never kept.
Everything is the same on each run.
"""
import base64
import gzip
import hashlib
import io
import lzma
import os
import struct
import sys
import zipfile
import zlib

PAGE = b'<html><head><title>A title</title></head><body><p>Words of a story.</p><img src="/a.png"></body></html>\n'
PICTURE = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')
# "packed with …": no module of Python's packs so.
BROTLI = base64.b64decode('G1UAAMQ2R92SDM1Q5EI21DeMDSZjjnHg8vI1ySQbDh6yKCRmQjtQEgL2G71jnruLD7baWOhgEuIVj+Pdf9b3UchSKQI=')
ZSTD = base64.b64decode('KLUv/SBUXQIA1AM8aHRtbD48aGVhZD48dGl0bGU+UGFja2VkPC88L2JvZHk+PHA+cCB3aXRoIHpzdGQ8L3A+PC8vaHRt'
                        'bD4KBADArKDu+TnwMcwx')
LARGE = 300 << 20


def pack(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode='wb', mtime=0) as f:
        f.write(data)
    return out.getvalue()


def raw_deflate(data):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(data) + c.flush()


# ---- WARC

def record(kind, url, block, fields=(), length=None, version='1.0', end=b'\r\n\r\n'):
    head = ['WARC/' + version, 'WARC-Type: ' + kind, 'WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>',
            'WARC-Date: 2024-03-04T10:03:21Z']
    if url:
        head.append('WARC-Target-URI: ' + url)
    head += fields
    head.append('Content-Length: %s' % (len(block) if length is None else length))
    return '\r\n'.join(head).encode() + b'\r\n\r\n' + block + end


def http(body, fields=('Content-Type: text/html; charset=utf-8',), status='200 OK'):
    return ('HTTP/1.1 %s\r\n' % status + ''.join(f + '\r\n' for f in fields)).encode() + b'\r\n' + body


def response(url, body, fields=('Content-Type: text/html; charset=utf-8',), status='200 OK', **more):
    return record('response', url, http(body, fields, status), ['Content-Type: application/http; msgtype=response'], **more)


def picture(url, digest=''):
    fields = ['Content-Type: application/http; msgtype=response'] + (['WARC-Payload-Digest: ' + digest] if digest else [])
    return record('response', url, http(PICTURE, ('Content-Type: image/png',)), fields)


def chunked(body, size=20):
    out = b''
    for i in range(0, len(body), size):
        part = body[i:i + size]
        out += b'%x\r\n%s\r\n' % (len(part), part)
    return out + b'0\r\n\r\n'


SITE = 'https://news.example/'
HTML = 'Content-Type: text/html; charset=utf-8'


def site():
    """The records of a site with everything that is found in archives."""
    return [
        record('warcinfo', '', b'software: made for tests\r\n', ['Content-Type: application/warc-fields']),
        record('request', SITE + 'one', b'GET /one HTTP/1.1\r\nHost: news.example\r\n\r\n',
               ['Content-Type: application/http; msgtype=request']),
        response(SITE + 'one', PAGE),
        picture(SITE + 'a.png', 'sha1:AAAA'),
        response(SITE + 'old.png', b'', ('Location: /a.png', 'Content-Type: text/html'), '301 Moved Permanently'),
        record('revisit', SITE + 'again.png', http(b'', ('Content-Type: image/png',), '304 Not Modified'),
               ['WARC-Refers-To-Target-URI: ' + SITE + 'a.png', 'Content-Type: application/http; msgtype=response']),
        record('revisit', SITE + 'same.png', http(b'', ('Content-Type: image/png',), '304 Not Modified'),
               ['WARC-Payload-Digest: sha1:AAAA', 'Content-Type: application/http; msgtype=response']),
        record('resource', SITE + 'two', PAGE, ['Content-Type: text/html']),
        record('metadata', SITE + 'one', b'via: x\r\n', ['Content-Type: application/warc-fields']),
        response(SITE + 'gone', b'<p>no</p>', (HTML,), '404 Not Found'),
        response(SITE + 'loop', b'', ('Location: /pool',), '302 Found'),
        response(SITE + 'pool', b'', ('Location: /loop',), '302 Found'),
    ]


def coded():
    return [
        response(SITE + 'gzip', pack(PAGE), (HTML, 'Content-Encoding: gzip')),
        response(SITE + 'deflate', zlib.compress(PAGE), (HTML, 'Content-Encoding: deflate')),
        response(SITE + 'raw', raw_deflate(PAGE), (HTML, 'Content-Encoding: deflate')),
        response(SITE + 'br', BROTLI, (HTML, 'Content-Encoding: br')),
        response(SITE + 'zstd', ZSTD, (HTML, 'Content-Encoding: zstd')),
        response(SITE + 'twice', pack(pack(PAGE)), (HTML, 'Content-Encoding: gzip, gzip')),
        response(SITE + 'claimed', PAGE, (HTML, 'Content-Encoding: gzip')),
        response(SITE + 'claimed-br', PAGE, (HTML, 'Content-Encoding: br')),
        response(SITE + 'chunked-gzip', chunked(pack(PAGE)), (HTML, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip')),
        response(SITE + 'cut-gzip', pack(PAGE * 50)[:-20], (HTML, 'Content-Encoding: gzip')),
        response(SITE + 'five', PAGE, (HTML, 'Content-Encoding: gzip, gzip, gzip, gzip, gzip')),
        response(SITE + 'odd', b'\x01\x02\x03', (HTML, 'Content-Encoding: sdch')),
    ]


def chunks():
    whole = ('Transfer-Encoding: chunked', HTML)
    return [
        response(SITE + 'chunked', chunked(PAGE), whole),
        response(SITE + 'not-chunked', PAGE, whole),
        response(SITE + 'no-end', chunked(PAGE)[:-5], whole),
        response(SITE + 'broken', chunked(PAGE)[:30] + b'zz\r\n' + PAGE, whole),
        response(SITE + 'huge', b'ffffffffffffffff\r\n' + PAGE, whole),
        response(SITE + 'past', b'fffffff\r\n' + PAGE, whole),
        response(SITE + 'extension', b'%x;a="b"\r\n' % len(PAGE) + PAGE + b'\r\n0\r\n\r\n', whole),
    ]


def lies():
    good = response(SITE + 'good', PAGE)
    return {
        'long': response(SITE + 'long', PAGE, length=10 ** 6) + good,
        'past-next': response(SITE + 'long', PAGE, length=len(http(PAGE)) + 40) + good,
        'short': response(SITE + 'short', PAGE, length=40) + good,
        'negative': response(SITE + 'negative', PAGE, length=-5) + good,
        'no-number': response(SITE + 'x', PAGE, length='many') + good,
        'ten-to-19': response(SITE + 'x', PAGE, length=10 ** 19) + good,
        'two-to-63': response(SITE + 'x', PAGE, length=2 ** 63) + good,
        'zero': response(SITE + 'x', PAGE, length=0) + good,
        'garbage': b'\x00\x01garbage\n' * 20 + good,
        'between': good + b'garbage\r\n' + good,
        'cut': good + good[:-60],
        'cut-head': good + good[:60],
        'no-end': good[:-4],
        'no-version': b'WARC/\r\n\r\n' + good,
        'endless-head': b'WARC/1.0\r\n' + b'X-Field: yes\r\n' * 2600 + good,
        'endless-http': record('response', SITE + 'x', b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 12000) + good,
        'endless-line': b'WARC/1.0 ' + b'x' * 40000,
    }


def sloppy():
    return (b'\n\n' +
            b'WARC/1.1\nwarc-type: response\nWARC-TARGET-URI:\n  <https://news.example/folded>\ncontent-length: 56\n\n'
            b'HTTP/1.0 200\nCONTENT-TYPE:text/html\nno colon\n\n<p>lf</p>\n\n\n' +
            record('response', SITE + 'icy', b'ICY 200 OK\r\nContent-Type: text/html\r\n\r\n<p>icy</p>') +
            record('response', SITE + 'bare', b'HTTP/1.1 200 OK\r\n\r\n<p>bare</p>') +
            record('response', SITE + 'none', b'HTTP/1.1 200 OK\r\nContent-Type: text/html') +
            record('response', SITE + 'a b\u00e9', http(PAGE)) +
            record('response', '', http(PAGE)) +
            record('response', 'no address', http(PAGE)))


def arc(version=1):
    if version == 1:
        lines = '1 0 Made\nURL IP-address Archive-date Content-type Archive-length\n'
        first = 'filedesc://x.arc 0.0.0.0 20140216050221 text/plain %d\n' % len(lines)
        line = '%s 0.0.0.0 20140216050221 %s %d\n'
    else:
        lines = '2 0 Made\nURL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length\n'
        first = 'filedesc://x.arc 0.0.0.0 20140216050221 text/plain 200 - - 0 x.arc %d\n' % len(lines)
        line = '%s 0.0.0.0 20140216050221 %s 200 - - 0 x.arc %d\n'
    out = [(first + lines).encode() + b'\n']
    for url, block, kind in ((SITE + 'a page', http(PAGE), 'text/html'), (SITE + 'a.png', http(PICTURE, ('Content-Type: image/png',)), 'image/png')):
        out.append((line % (url, kind, len(block))).encode() + block + b'\n')
    return out


def warc_samples():
    records = site()
    members = [pack(r) for r in records]
    damaged = bytearray(members[3])
    damaged[len(damaged) // 2] ^= 0xFF
    yield 'plain', b''.join(records)
    yield 'members', b''.join(members)
    yield 'one-member', pack(b''.join(records))
    yield 'empty-members', pack(b'') * 5 + b''.join(pack(b'') + m for m in members)
    yield 'trailing', b''.join(members) + b'\x00' * 512
    yield 'damaged', b''.join(members[:3]) + bytes(damaged) + b''.join(members[4:])
    yield 'cut-member', b''.join(members)[:-30]
    yield 'split', b''.join(pack(r[:300]) + pack(r[300:]) for r in records[2:4])
    yield 'some-together', members[2] + pack(b''.join(records[2:8])) + members[9]
    yield 'mixed', members[2] + records[3] + members[7]
    yield 'coded', b''.join(coded())
    yield 'chunks', b''.join(chunks())
    yield 'sloppy', sloppy()
    yield 'states', b''.join(response(SITE + 'one', b'<p>%s</p>' % w.encode()).replace(b'2024-03-04', w.encode())
                             for w in ('2024-01-01', '2024-05-05', '2024-02-02'))
    yield 'arc', b''.join(arc())
    yield 'arc2', b''.join(arc(2))
    yield 'arc-members', b''.join(pack(r) for r in arc())
    yield 'arc-lies', b''.join(arc()).replace(b'text/html 1', b'text/html 9')
    for name, data in lies().items():
        yield 'lie-' + name, data
        if len(data) < 5000:
            yield 'packed-lie-' + name, pack(data)


def warc_large():
    zeros = bytes(LARGE)
    yield 'bomb-record.warc.gz', pack(record('resource', SITE + 'bomb', zeros, ['Content-Type: text/html'])) + pack(response(SITE + 'good', PAGE))
    yield 'bomb-body.warc.gz', pack(response(SITE + 'bomb', pack(zeros), (HTML, 'Content-Encoding: gzip'))) + pack(response(SITE + 'good', PAGE))
    yield 'bomb-bodies.warc', response(SITE + 'bomb', pack(pack(zeros)), (HTML, 'Content-Encoding: gzip, gzip')) + response(SITE + 'good', PAGE)
    # Each member by itself is small enough; all of them would be terabytes.
    yield 'bomb-members.warc.gz', pack(response(SITE + 'good', PAGE)) + \
        pack(record('resource', SITE + 'bomb', bytes(60 << 20), ['Content-Type: text/html'])) * 100
    yield 'bomb-tangled.warc.gz', pack(response(SITE + 'good', PAGE) * 2) + pack(bytes(60 << 20)) * 100
    yield 'magics.warc.gz', pack(response(SITE + 'good', PAGE)) + b'\x1f\x8b\x08\x00' * (8 << 18)
    yield 'heads.warc', (b'WARC/1.0\r\nContent-Length: 999999999\r\n\r\n') * 200000
    yield 'empty.warc.gz', pack(response(SITE + 'good', PAGE)) + pack(b'') * 400000
    # Each member begins inside of the one before: whatever is tried in vain costs all that follows.
    nested = pack(response(SITE + 'good', PAGE))
    for _ in range(2000):
        nested = b'\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff' + nested
    yield 'nested.warc.gz', pack(response(SITE + 'good', PAGE)) + nested


# ---- ZIM

def zim_cluster(blobs, packing, wide=False, table=None):
    width, form = (8, '<Q') if wide else (4, '<I')
    at = (len(blobs) + 1) * width
    offsets = [at]
    for b in blobs:
        at += len(b)
        offsets.append(at)
    raw = b''.join(struct.pack(form, o) for o in (table or offsets)) + b''.join(blobs)
    info = bytes([packing | (0x10 if wide else 0)])
    if packing == 2:
        raw = zlib.compress(raw)
    elif packing == 4:
        raw = lzma.compress(raw, preset=1)
    return info + raw


def zim(entries, clusters, version=(6, 1), types=(b'text/html', b'image/png'), **change):
    """entries: (namespace, path, type, cluster, blob) or (namespace, path, 'to', index), sorted."""
    dirents = []
    for e in entries:
        if e[2] == 'to':
            d = struct.pack('<HBcII', 0xFFFF, 0, e[0].encode(), 0, e[3])
        else:
            d = struct.pack('<HBcIII', e[2], 0, e[0].encode(), 0, e[3], e[4])
        dirents.append(d + e[1].encode() + b'\0\0')
    kinds = b''.join(t + b'\0' for t in types) + b'\0'
    at = 80 + len(kinds)
    paths, body = [], b''
    for d in dirents:
        paths.append(at + len(body))
        body += d
    at += len(body)
    paths_at, at = at, at + 8 * len(paths)
    places, data = [], b''
    clusters_at, at = at, at + 8 * len(clusters)
    for c in clusters:
        places.append(at + len(data))
        data += c
    end = at + len(data)
    n = dict(magic=0x044D495A, n_entries=len(entries), n_clusters=len(clusters), paths=paths_at, titles=paths_at,
             clusters_at=clusters_at, types_at=80, end=end)
    n.update({k: v for k, v in change.items() if k in n})
    if 'places' in change:
        places = change['places'](places, end)
    if 'pointers' in change:
        paths = change['pointers'](paths, end)
    head = struct.pack('<IHH16sIIQQQQIIQ', n['magic'], version[0], version[1], bytes(16), n['n_entries'], n['n_clusters'],
                       n['paths'], n['titles'], n['clusters_at'], n['types_at'], 0xFFFFFFFF, 0xFFFFFFFF, n['end'])
    whole = (head + kinds + body + b''.join(struct.pack('<Q', p) for p in paths) +
             b''.join(struct.pack('<Q', p) for p in places) + data)
    return whole + change.get('checksum', hashlib.md5(whole).digest())


def zim_samples():
    new = [('C', 'a page.html', 0, 0, 0), ('C', 'b.html', 0, 0, 1), ('C', 'img/a.png', 1, 1, 0), ('C', 'loop', 'to', 4),
           ('C', 'loop2', 'to', 3), ('C', 'old.png', 'to', 2), ('C', 'z.html', 0, 0, 0)]
    old = [('A', 'page.html', 0, 0, 0), ('I', 'a.png', 1, 1, 0)]
    two = [PAGE, b'<p>second</p>']
    good = [zim_cluster(two, 4), zim_cluster([PICTURE], 1)]
    yield 'new', zim(new, good)
    yield 'old', zim(old, good, (5, 0))
    yield 'plain', zim(new, [zim_cluster(two, 1), zim_cluster([PICTURE], 1)])
    yield 'zlib', zim(new, [zim_cluster(two, 2), zim_cluster([PICTURE], 1)])
    strong = zim_cluster(two, 1)  # as zimwriterfs packed: 64 MiB to unpack it
    yield 'strong', zim(new, [b'\x04' + lzma.compress(strong[1:], preset=9), zim_cluster([PICTURE], 1)])
    yield 'wide', zim(new, [zim_cluster(two, 1, True), zim_cluster([PICTURE], 0, True)])
    web = [('C', 'news.example/a.png', 1, 1, 0), ('C', 'news.example/one?id=1', 0, 0, 0), ('M', 'Scraper', 2, 2, 0)]
    yield 'web', zim(web, good + [zim_cluster([b'warc2zim 2.0'], 1)], types=(b'text/html', b'image/png', b'text/plain'))
    yield 'bzip2', zim(new, [b'\x03BZh9', zim_cluster([PICTURE], 1)])
    yield 'checksum', zim(new, good, checksum=bytes(16))
    yield 'checksum-nowhere', zim(new, good, end=0)
    yield 'version', zim(new, good, (9, 0))
    yield 'no-order', zim(new[::-1], good)
    yield 'cut', zim(new, good)[:-150]
    yield 'head', zim(new, good)[:60]
    yield 'damaged', zim(new, [good[0][:8] + b'\xff' * 8 + good[0][16:], good[1]])
    yield 'cut-cluster', zim(new, [good[0][:20], good[1]])
    for name, table in (('zero', [0, 0, 0]), ('down', [12, 500, 13]), ('past', [12, 10 ** 6, 2 * 10 ** 6]),
                        ('first', [4 * 10 ** 8, 12, 13]), ('odd', [13, 14, 15])):
        yield 'offsets-' + name, zim(new, [zim_cluster(two, 1, table=table), zim_cluster([PICTURE], 1)])
        yield 'offsets-packed-' + name, zim(new, [zim_cluster(two, 4, table=table), zim_cluster([PICTURE], 1)])
    yield 'offsets-wide', zim(new, [zim_cluster(two, 1, True, table=[24, 2 ** 64 - 1, 2 ** 63]), zim_cluster([PICTURE], 1)])
    yield 'many-entries', zim(new, good, n_entries=0xFFFFFFFF)
    yield 'many-clusters', zim(new, good, n_clusters=0xFFFFFFFF)
    yield 'far-paths', zim(new, good, paths=2 ** 64 - 8)
    yield 'far-clusters', zim(new, good, clusters_at=2 ** 63)
    yield 'far-types', zim(new, good, types_at=2 ** 40)
    yield 'types-endless', zim(new, good, types=(b'x' * 300,) * 60)
    yield 'far-end', zim(new, good, end=2 ** 60)
    yield 'places-far', zim(new, good, places=lambda p, end: [2 ** 63, end - 1])
    yield 'places-end', zim(new, good, places=lambda p, end: [end + 16, end + 15])
    yield 'places-same', zim(new, good, places=lambda p, end: [p[0], p[0]])
    yield 'pointers-far', zim(new, good, pointers=lambda p, end: [2 ** 63] * len(p))
    yield 'pointers-end', zim(new, good, pointers=lambda p, end: [end + 10] * len(p))
    yield 'pointers-zero', zim(new, good, pointers=lambda p, end: [0] * len(p))
    yield 'pointers-same', zim(new, good, pointers=lambda p, end: [p[0]] * len(p))
    yield 'cluster-none', zim([('C', 'x', 0, 7, 0), ('C', 'y', 0, 0, 2 ** 32 - 1), ('C', 'z', 9, 0, 0)], good)
    yield 'long-path', zim([('C', 'x' * 5000, 0, 0, 0)], good)


def zim_large():
    bomb = b'\x04' + lzma.compress(bytes(LARGE), preset=0)
    yield 'bomb.zim', zim([('C', '%06d' % i, 0, i, 0) for i in range(300)], [bomb] + [zim_cluster([PAGE], 1)] * 299,
                          places=lambda p, end: [p[0]] * 300)
    yield 'same.zim', zim([('C', '%06d' % i, 0, 0, i) for i in range(100000)], [zim_cluster([PAGE], 4)])


# ---- WACZ

def wacz(entries, packing=zipfile.ZIP_STORED, change=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', packing) as z:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = packing
            if change:
                change(info)
            z.writestr(info, data)
    return out.getvalue()


def streamed(entries):
    """With data descriptors: lengths stand behind the data, as programs write that cannot seek."""
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.parts = []

        def writable(self):
            return True

        def write(self, b):
            self.parts.append(bytes(b))
            return len(b)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, 'w') as z:
        for name, data in entries:
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)
    return b''.join(pipe.parts)


def poke(data, mark, at, form, value):
    """Change a number in each header that begins with the mark."""
    data = bytearray(data)
    i = data.find(mark)
    while i >= 0:
        struct.pack_into(form, data, i + at, value)
        i = data.find(mark, i + 4)
    return bytes(data)


def wacz_samples():
    members = b''.join(pack(r) for r in site())
    extra = [('datapackage.json', b'{}'), ('pages/pages.jsonl', b'{"url": "https://news.example/one"}\n')]
    entries = extra + [('archive/data.warc.gz', members)]
    central, local = b'PK\x01\x02', b'PK\x03\x04'
    good = wacz(entries)
    yield 'stored', good
    yield 'deflated', wacz(entries, zipfile.ZIP_DEFLATED)
    yield 'two', wacz([('archive/b.warc.gz', pack(response(SITE + 'b', PAGE))), ('archive/a.warc', response(SITE + 'a', PAGE))])
    yield 'streamed', streamed(entries)
    yield 'bzip2', wacz(entries, zipfile.ZIP_BZIP2)
    yield 'none', wacz(extra)
    listed = lambda digest: [('datapackage.json', ('{"resources": [{"name": "x", "path": "archive/data.warc.gz", "hash": "%s"}]}' % digest).encode())]
    held = [('archive/data.warc.gz', pack(response(SITE + 'one', PAGE)))]
    yield 'sha256', wacz(listed('sha256:' + hashlib.sha256(held[0][1]).hexdigest()) + held)
    yield 'md5', wacz(held + listed('MD5:' + hashlib.md5(held[0][1]).hexdigest().upper()), zipfile.ZIP_DEFLATED)
    yield 'sha256-other', wacz(listed('sha256:' + '0' * 64) + held)
    yield 'md5-other', wacz(held + listed('md5:' + '0' * 32), zipfile.ZIP_DEFLATED)
    yield 'digest-odd', wacz(listed('sha256:12') + held)
    yield 'names', wacz([(n, members) for n in ('../archive/x.warc.gz', '/archive/x.warc.gz', 'archive\\x.warc.gz', 'archive/../../x.warc.gz',
                                                'archive/', 'ARCHIVE/x.warc.gz', 'x.warc.gz')])
    yield 'link', wacz([('archive/x.warc.gz', b'/etc/passwd')], change=lambda i: setattr(i, 'external_attr', 0o120777 << 16))
    yield 'twice', wacz([('archive/x.warc', response(SITE + 'a', PAGE)), ('archive/x.warc', response(SITE + 'b', PAGE))])
    yield 'nested', wacz([('archive/x.warc.gz', good)])
    yield 'encrypted', poke(poke(good, central, 8, '<H', 1), local, 6, '<H', 1)
    yield 'size-lies', poke(good, central, 24, '<I', 10)
    yield 'packed-size-lies', poke(wacz(entries, zipfile.ZIP_DEFLATED), central, 24, '<I', 10)
    yield 'crc-lies', poke(wacz(entries, zipfile.ZIP_DEFLATED), central, 16, '<I', 10)
    yield 'far', poke(good, central, 42, '<I', 0x7FFFFFFF)
    yield 'long', poke(good, central, 20, '<I', 0x7FFFFFFF)
    yield 'cut', good[:-40]
    yield 'damaged', wacz(entries, zipfile.ZIP_DEFLATED).replace(members[200:203], b'\xff\xff\xff')


def wacz_large():
    record_of_zeros = record('resource', SITE + 'bomb', bytes(LARGE), ['Content-Type: text/html'])
    yield 'bomb.wacz', wacz([('archive/bomb.warc', record_of_zeros), ('archive/good.warc', response(SITE + 'good', PAGE))],
                            zipfile.ZIP_DEFLATED)


# ---- MHTML

def mhtml(parts, boundary='----=_B', close=True, head=()):
    out = ['From: <Saved by tests>', 'Subject: A title', 'MIME-Version: 1.0', *head,
           'Content-Type: multipart/related;', '\ttype="text/html";', '\tboundary="%s"' % boundary, '', '']
    data = '\r\n'.join(out).encode()
    for fields, body in parts:
        data += b'\r\n--' + boundary.encode() + b'\r\n' + ''.join(f + '\r\n' for f in fields).encode() + b'\r\n' + body
    return data + (b'\r\n--' + boundary.encode() + b'--\r\n' if close else b'')


def mhtml_samples():
    page = (['Content-Type: text/html', 'Content-Transfer-Encoding: quoted-printable', 'Content-Location: https://news.example/a/one'],
            b'<p>Caf=C3=A9 =\r\njoined</p>=ZZ=\r\n<img src=3D"cid:p@x"><img src=3D"../a.png">')
    image = (['Content-Type: image/png', 'Content-Transfer-Encoding: base64', 'Content-ID: <p@x>',
              'Content-Location: https://news.example/a.png'], base64.encodebytes(PICTURE).replace(b'\n', b'\r\n'))
    frame = (['Content-Type: text/html', 'Content-Location: https://news.example/frame'], b'<p>frame</p>')
    good = mhtml([page, image, frame])
    yield 'chromium', good
    yield 'lf', good.replace(b'\r\n', b'\n')
    yield 'no-close', mhtml([page, image], close=False)
    yield 'no-address', mhtml([(['Content-Type: text/html'], b'<p>x</p><img src="a.png">'), (['Content-Type: image/png', 'Content-Location: a.png'], PICTURE)])
    yield 'snapshot', mhtml([(['Content-Type: text/html'], b'<p>x</p>')], head=['Snapshot-Content-Location: https://news.example/s'])
    yield 'file', mhtml([(['Content-Type: text/html', 'Content-Location: file:///C:/x.html'], b'<p>x</p>')])
    inner = mhtml([page], '=_inner')
    inner = inner[inner.index(b'Content-Type: multipart'):]
    yield 'nested', mhtml([]).replace(b'\r\n------=_B--\r\n', b'') + b'\r\n------=_B\r\n' + inner + b'\r\n------=_B' + \
        b'\r\n' + ''.join(f + '\r\n' for f in image[0]).encode() + b'\r\n' + image[1] + b'\r\n------=_B--\r\n'
    yield 'no-page', mhtml([image])
    yield 'no-parts', mhtml([])
    yield 'no-boundary', good.replace(b'boundary=', b'border=')
    yield 'endless-head', mhtml([(['X-%d: y' % i for i in range(4000)], b'<p>x</p>'), page])
    yield 'long-line', mhtml([(['Content-Type: text/html'], b'<p>' + b'x' * 135000 + b'</p>')])
    yield 'base64-damaged', mhtml([page, (image[0], b'iVBO*****=====Rw0K\xff\xff')])
    yield 'boundary-within', mhtml([(['Content-Type: text/html'], b'<p>\r\n------=_Bx\r\n--\r\n------=_B-</p>')])


def mhtml_large():
    yield 'parts.mht', mhtml([(['Content-Type: text/html'], b'x')] * 30000)
    yield 'boundaries.mht', b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="%s"\r\n\r\n' % (b'x' * 199) + b'--\r\n' * (8 << 20)


def http_samples():
    for i, r in enumerate(coded() + chunks()):
        yield '%02d' % i, r[r.index(b'HTTP/1.1'):]
    yield 'redirect', http(b'', ('Location: ../c%7e/./%e4 x?y=%zz#f',), '301 Moved')
    yield 'bare', b'HTTP/1.0 200'
    yield 'icy', b'ICY 200 OK\n\n<p>x</p>'


def main():
    directory = sys.argv[1]
    kinds = {'warc': [warc_samples], 'zim': [zim_samples], 'wacz': [wacz_samples], 'mhtml': [mhtml_samples],
             'http_body': [http_samples]}
    if '--large' in sys.argv:
        kinds = {}
        for kind, make in (('warc', warc_large), ('zim', zim_large), ('wacz', wacz_large), ('mhtml', mhtml_large)):
            kinds[kind] = [make]
    for kind, makers in kinds.items():
        os.makedirs(os.path.join(directory, kind), exist_ok=True)
        for make in makers:
            for name, data in make():
                with open(os.path.join(directory, kind, name), 'wb') as f:
                    f.write(data)


main()
