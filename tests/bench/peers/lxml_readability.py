#!/usr/bin/python3
"""Debian's python3-readability, for tests/bench/extract: lxml_readability.py DIR PAGE…"""
import json
import logging
import os
import sys

import readability

logging.disable(logging.CRITICAL)
directory = sys.argv[1]
for page in sys.argv[2:]:
    result = {"html": ""}
    try:
        with open(page, "rb") as file:
            found = readability.Document(file.read())
        result = {"html": found.summary(), "title": found.short_title()}
    except Exception as error:  # whatever it is, the next page is still to come
        print(f"{page}: {error}", file=sys.stderr)
    name = os.path.splitext(os.path.basename(page))[0] + ".json"
    with open(os.path.join(directory, name), "w", encoding="utf-8") as out:
        json.dump(result, out)
