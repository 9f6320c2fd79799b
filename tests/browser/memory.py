"""How much memory a browser's pages take: the processes that draw and run them, workers included."""
import os
import threading
import time


def children_of(root):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="latin-1") as stat:
                    parents.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
            except OSError:
                continue
    found, left = [], [root]
    while left:
        found.append(left.pop())
        left += parents.get(found[-1], [])
    return found


def renderers_kb(root):
    """Proportional memory of the processes that draw and run pages (the worker is a thread of them)."""
    total = 0
    for process in children_of(root):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as line:
                words = line.read()
            if b"--type=renderer" not in words and b"-contentproc" not in words:
                continue
            with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except OSError:
            continue
    return total


class Peak(threading.Thread):
    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.kb, self.going = root, 0, True

    def run(self):
        while self.going:
            self.kb = max(self.kb, renderers_kb(self.root))
            time.sleep(0.05)
