"""Runs what extracts: `mimeo extract`, or any other command, on a page.

The other's command has {} where the path goes.  It writes the body's text, or one JSON object with
`text` or `html` (the body) and such of title, bylines, published, lang, tags, url, site, dir as it knows.
"""
import json
import os
import shlex
import subprocess

from html_text import html_text

SECONDS = 60


class Result:
    def __init__(self, text="", fields=None, fault=None):
        self.text, self.fields, self.fault = text, fields or {}, fault


def fields_of(record):
    """mimeo's fields by the names of the corpus."""
    names = {"title": "title", "bylines": "authors", "published": "published", "lang": "language",
             "tags": "topics", "url": "url", "site": "site", "dir": "direction"}
    return {ours: record[key] for key, ours in names.items() if record.get(key) not in (None, "", [])}


def result_of(output):
    if output.lstrip()[:1] != "{":
        return Result(output)
    record = json.loads(output)
    text = record.get("text")
    if text is None:
        text = html_text(record.get("html") or "")
    return Result(text, fields_of(record))


def _run(arguments):
    ran = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         timeout=SECONDS, check=False)
    talk = ran.stderr.decode("utf-8", "replace").strip().splitlines()
    return ran.returncode, ran.stdout.decode("utf-8", "replace"), talk[-1] if talk else ""


class Command:
    """Another's program."""
    def __init__(self, line):
        self.arguments = shlex.split(line)

    def __call__(self, path):
        status, output, talk = _run([part.replace("{}", path) for part in self.arguments])
        if status:
            return Result(fault=f"status {status}: {talk}")
        return result_of(output)


class Results:
    """What another run has left in a directory: a file for each page, named as the page's, .json or .txt."""
    def __init__(self, directory):
        self.directory = directory

    def __call__(self, path):
        stem = os.path.join(self.directory, os.path.basename(path)[:-len(".html")])
        for end in (".json", ".txt"):
            if os.path.exists(stem + end):
                with open(stem + end, encoding="utf-8", errors="replace") as file:
                    return result_of(file.read())
        return Result(fault="no result")


class Mimeo:
    def __init__(self, program, options=()):
        self.program, self.options = os.path.abspath(program) if os.sep in program else program, list(options)

    def __call__(self, path):
        status, text, talk = _run([self.program, "extract", "--text", *self.options, path])
        if status:
            return Result(fault=f"status {status}: {talk}")
        status, output, talk = _run([self.program, "extract", "--json", *self.options, path])
        if status:
            return Result(text, fault=f"status {status}: {talk}")
        return Result(text, fields_of(json.loads(output.splitlines()[0])))
