"""A client of a SharedMemoryManager that runs already: does what it reads, a line of Python at a time.

A line sees the connected manager as m and shared_memory. Each is answered by one line: the value's
repr, or what was raised.
"""
import os
import sys
from multiprocessing import shared_memory
from multiprocessing.managers import SharedMemoryManager

import client


def main():
    scope = {"m": client.connect(SharedMemoryManager), "shared_memory": shared_memory, "kept": []}
    for line in iter(sys.stdin.readline, ""):
        try:
            said = repr(eval(line, scope))
        except Exception as e:
            lines = [text for text in str(e).splitlines() if text.strip("- ")]
            said = "%s: %s" % (type(e).__name__, lines[-1].strip() if lines else "")
        os.write(answers, (said + "\n").encode("ascii", "backslashreplace"))


if __name__ == "__main__":
    answers = os.dup(1)
    os.dup2(2, 1)
    main()
