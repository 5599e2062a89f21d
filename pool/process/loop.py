# How a worker gets tasks and puts answers. It is executed in each, with the
# connection, while multiprocessing.pool.worker's arguments are unpickled.
import fcntl
import os
import signal
import sys
from io import FileIO
from os import read
from pickle import dumps as dump_plainly

pickler = __import__(package + '.reduction', fromlist=['']).ForkingPickler
loads, dumps = pickler.loads, pickler.dumps
fd = conn.fileno()
readinto = FileIO(fd, 'rb', closefd=False).readinto
block = 1 << 16
plain = {bool, bytes, float, int, str, type(None)}


def die_with(parent):
    """Have the kernel kill us when the other end of the pipe is closed, which
    only the parent has; also while a task does not return."""
    end = parent.fileno()
    fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(end, getattr(fcntl, 'F_SETSIG', 10), int(signal.SIGKILL))
    fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
    if parent.poll():  # it was closed before
        os._exit(1)


def reader():
    data, at = b'', 0  # what was read, and how much of it was taken

    def fill(body):
        """Read what is left of a long message."""
        view = memoryview(body)
        got = len(data) - at
        view[:got] = data[at:]
        while got < len(body):
            n = readinto(view[got:])
            if not n:
                raise EOFError
            got += n
        return body

    def get():
        nonlocal data, at
        while True:
            start, have = at + 4, len(data)
            size = int.from_bytes(data[at:start], 'big')
            if size == 0xffffffff:
                start += 8
                size = int.from_bytes(data[at + 4:start], 'big')
            if have >= start:
                end = start + size
                if end <= have:
                    body = data[start:end]
                    if end == have:
                        data, at = b'', 0
                    else:
                        at = end
                    return load(body)
                if size > block:
                    at = start
                    body = fill(bytearray(size))
                    data, at = b'', 0
                    return load(body)
            more = read(fd, block)
            if not more:
                raise EOFError
            data, at = data[at:] + more, 0

    return get


def load(body):
    try:
        return loads(body)
    except Exception as error:  # a function that cannot be imported, mostly
        return -2, 0, fail, (error,), {}


def fail(error):
    raise error


def put(answer):
    if type(answer[2][1]) in plain:
        body = dump_plainly(answer, 4)
    else:
        body = dumps(answer)
    size = len(body)
    if size > block:
        conn.send_bytes(body)
        return
    body = size.to_bytes(4, 'big') + body
    sent = os.write(fd, body)
    while sent < len(body):
        sent += os.write(fd, body[sent:])


get = reader()
sys._brine_parent = life  # must stay open
die_with(life)
