"""Ports for the test servers.

    ports.py free                    print a loopback port that nobody has
    ports.py wait PORT GROUP SECONDS until a process of that process group listens there
    ports.py gone SECONDS GROUP…     wait until no process of those process groups is left; print of how many there is
    ports.py --port-file FILE hold   take a port without listening: connections are refused
"""
import os
import socket
import sys
import time


def listener(port):
    """The socket that listens on 127.0.0.1:PORT, as /proc names it."""
    with open("/proc/net/tcp") as table:
        for line in table.readlines()[1:]:
            field = line.split()
            address, hexed = field[1].split(":")
            if field[3] == "0A" and int(hexed, 16) == port and address in ("0100007F", "00000000"):
                return "socket:[%s]" % field[9]
    return None


def group_has(group, name):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(pid)) != group:
                continue
            for fd in os.listdir("/proc/%s/fd" % pid):
                if os.readlink("/proc/%s/fd/%s" % (pid, fd)) == name:
                    return True
        except OSError:
            continue
    return False


def wait(port, group, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        name = listener(port)
        if name and group_has(group, name):
            return 0
        try:
            os.kill(group, 0)
        except OSError:
            return 1
        time.sleep(0.03)
    return 1


def alive(group):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(pid)) == group and not zombie(pid):
                return True
        except OSError:
            continue
    return False


def zombie(pid):
    with open("/proc/%s/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()[0] == "Z"


def gone(groups, seconds):
    """How many are still there then."""
    end = time.monotonic() + seconds
    while groups and time.monotonic() <= end:
        groups = [group for group in groups if alive(group)]
        time.sleep(0.03)
    return len(groups)


def bound():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s


def say_port(path, s):
    with open(path + ".new", "w") as f:
        f.write("%d\n" % s.getsockname()[1])
    os.rename(path + ".new", path)


if __name__ == "__main__":
    if sys.argv[1] == "free":
        print(bound().getsockname()[1])
    elif sys.argv[1] == "wait":
        sys.exit(wait(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
    elif sys.argv[1] == "gone":
        print(gone([int(group) for group in sys.argv[3:]], float(sys.argv[2])))
    else:
        held = bound()
        say_port(sys.argv[2], held)
        while True:
            time.sleep(60)
