"""python3 sink_log.py FILE: prints a port of 127.0.0.1; whatever is asked of it is a line of FILE.  Until killed."""
import sys
import time

from sink import Sink

sink, told = Sink(), 0
print(sink.port, flush=True)
while True:
    time.sleep(0.05)
    for line in sink.asked[told:]:
        with open(sys.argv[1], "a", encoding="latin-1") as log:
            log.write(line + "\n")
        told += 1
