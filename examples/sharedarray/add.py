"""Adds one to all items of an array that lies in a Go program's memory: start
that first, with go run ./examples/sharedarray."""
import os
import sys
import tempfile
from multiprocessing import resource_tracker
from multiprocessing.connection import Client

import numpy

address = os.path.join(tempfile.gettempdir(), "brine-sharedarray-%d" % os.getuid(), "socket")
try:
    conn = Client(address)
except (FileNotFoundError, ConnectionRefusedError):
    sys.exit("nobody listens at %s: start the Go program first" % address)
with conn:
    lock, memory, length, rounds = conn.recv()  # a Lock and a SharedMemory
    # The memory is the Go program's: we must not remove it when we end.
    resource_tracker.unregister("/" + memory.name, "shared_memory")
    array = numpy.ndarray(length, numpy.float64, memory.buf)
    for _ in range(rounds):
        with lock:
            array += 1
    del array
    memory.close()
    conn.send("done")
