"""Runs what the test sends, one expression or statement a line, and answers
each with a line: the repr of its value, or the exception.

dumps and loads pass values as a parent and its spawned child would.
"""
import os
import sys

import multiprocessing
from multiprocessing import context, popen_spawn_posix, reduction

ctx = multiprocessing.get_context("spawn")


class Popen(object):
    """What reducers see of a child that is being started."""
    DupFd = popen_spawn_posix._DupFd

    def __init__(self):
        self.fds = []

    def duplicate_for_child(self, fd):
        self.fds.append(fd)
        return fd


def dumps(value):
    """The pickle in hexadecimal, as for a child."""
    context.set_spawning_popen(Popen())
    try:
        return bytes(reduction.ForkingPickler.dumps(value)).hex()
    finally:
        context.set_spawning_popen(None)


def reopen(pid, fd):
    """Another process's descriptor, opened as it is there."""
    with open("/proc/%d/fdinfo/%d" % (pid, fd)) as f:
        flags = [int(line.split()[1], 8) for line in f if line.startswith("flags")][0]
    return os.open("/proc/%d/fd/%d" % (pid, fd), flags & 3)


def loads(text, pid=0, fds=()):
    """What the pickle holds. Descriptors are those of process pid: a number in
    the pickle is a place in fds."""
    def detach(self):
        return reopen(pid, fds[self.fd])
    popen_spawn_posix._DupFd.detach = detach
    return reduction.ForkingPickler.loads(bytes.fromhex(text))


def main():
    scope = globals()
    for line in sys.stdin:
        try:
            try:
                code = compile(line.strip(), "<test>", "eval")
            except SyntaxError:
                exec(line.strip(), scope)
                answer = "None"
            else:
                answer = repr(eval(code, scope))
        except Exception as e:
            answer = "%s: %s" % (type(e).__name__, e)
        print(answer.replace("\n", "\\n"))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
