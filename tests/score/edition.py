"""A publisher of its own in a temporary directory, into which a feed or an archive is imported, and
what then stands in it: the whole way, as a newsroom goes it."""
import json
import os
import subprocess
import tempfile

SECONDS = 600


class Edition:
    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.place = tempfile.TemporaryDirectory()
        self.home = self.place.name
        self._run("init", "press", "--name", "Scores", "--root-key", "root", "--key", "key", "--no-passphrase")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()

    def _run(self, *words, good=(0,)):
        ran = subprocess.run([self.program, "-q", "--library", "library", *words], cwd=self.home,
                             env=dict(os.environ, HOME=self.home, TZ="UTC"), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
        if ran.returncode not in good:
            raise SystemExit(f"{words[0]}: status {ran.returncode}: {ran.stderr.decode(errors='replace')}")
        return ran.stdout.decode("utf-8")

    def publish(self, path, *options):
        """The lines of `publish --json`, the summary last."""
        output = self._run("publish", "-C", "press", "--key", "key", "--json", *options, os.path.abspath(path),
                           good=(0, 10))
        return [json.loads(line) for line in output.splitlines()]

    def records(self):
        """Every article with its body (`html`)."""
        found = []
        for line in self._run("list", "-C", "press", "--json", good=(0, 5)).splitlines():
            identity = json.loads(line)["id"]
            found.append(json.loads(self._run("read", "-C", "press", "--json", identity, good=(0, 5))))
        return found
