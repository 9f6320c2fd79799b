#!/usr/bin/env python3
"""For test_archive.sh:

    archive_checks.py huge FILE                      write a sparse WARC of 4 GB with 20,000 pages
    archive_checks.py truth TOOL DIR                 what the tool finds in the archives of a corpus, against what is known; a table
"""
import gzip
import json
import os
import re
import subprocess
import sys


def record(url, kind, block, length=None):
    return ('WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n'
            % (url, kind, len(block) if length is None else length)).encode() + block


def huge(path):
    page = b'<html><body><p>' + b'words of a story ' * 300 + b'</p></body></html>'
    with open(path, 'wb') as f:
        for i in range(1000):
            for n in range(20):
                f.write(record('https://news.example/%d/%d' % (i, n), 'text/html', page) + b'\r\n\r\n')
            f.write(record('https://news.example/%d.mp4' % i, 'video/mp4', b'', 4 << 20))
            f.seek(4 << 20, os.SEEK_CUR)
            f.write(b'\r\n\r\n')
        f.write(record('https://news.example/last.png', 'image/png', b'picture') + b'\r\n\r\n')


def run(tool, *words):
    return subprocess.run([tool, *words], capture_output=True, check=False, timeout=300).stdout


def pages_of(tool, archive):
    lines = run(tool, archive).decode().splitlines()
    return [re.search(r'" (\S+)', line)[1] for line in lines if line.startswith('page ')]


def truth(tool, directory):
    faults = 0
    print('%-24s %6s %6s %6s %9s %6s' % ('', 'pages', 'found', 'more', 'pictures', 'found'))
    for name, key, base in (('warc/made-articles.warc.gz', 'url', ''), ('zim/made-articles.zim', 'path', 'https://archive.invalid/')):
        archive = os.path.join(directory, name)
        known = os.path.join(directory, name.split('.')[0] + '.truth.jsonl.gz')
        if not os.path.exists(archive) or not os.path.exists(known):
            print('%-24s is not there' % name)
            continue
        wanted = {}
        with gzip.open(known, 'rt') as f:
            for line in f:
                one = json.loads(line)
                wanted[base + one[key]] = one['image']
        found = set(pages_of(tool, archive))
        pictures = sorted({image for image in wanted.values() if image})
        urls = [(base or 'https://news.example/') + 'img/' + image for image in pictures]
        seen = run(tool, archive, *urls).decode().count('found ')
        print('%-24s %6d %6d %6d %9d %6d' % (name, len(wanted), len(found & set(wanted)), len(found - set(wanted)), len(pictures), seen))
        faults += len(set(wanted) - found) + len(pictures) - seen
    return 1 if faults else 0


if sys.argv[1] == 'huge':
    huge(sys.argv[2])
else:
    sys.exit(truth(sys.argv[2], sys.argv[3]))
