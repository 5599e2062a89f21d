# How a worker gets tasks and puts answers. It is executed in each, with the
# connection, while multiprocessing.pool.worker's arguments are unpickled.
import fcntl
import mmap
import os
import signal
import sys
from io import FileIO
from os import read
from pickle import HIGHEST_PROTOCOL, dumps as dump_plainly
from types import SimpleNamespace

pickler = __import__(package + '.reduction', fromlist=['']).ForkingPickler
loads, dumps = pickler.loads, pickler.dumps
fd = conn.fileno()
readinto = FileIO(fd, 'rb', closefd=False).readinto
block = 1 << 16
large = 1 << 17  # from here on a message goes through a spool
arrays = min(HIGHEST_PROTOCOL, 5)  # 5 has no need to copy them
plain = {bool, float, int, type(None)}
text = {bytes, str}


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
        if len(body) == 17 and body[0] == 0:
            return spooled(body)
        return -2, 0, fail, (error,), {}


def fail(error):
    raise error


def put(answer):
    value = answer[2][1]
    kind = type(value)
    if kind in plain or kind in text and len(value) < block:
        body = dump_plainly(answer, 4)
    else:
        # What is large it passes on as it is, and keeps.
        parts = []
        first = value[0] if kind is list and value else value
        writer = pickler(SimpleNamespace(write=parts.append), arrays if hasattr(type(first), '__array__') else None)
        writer.dump(answer)
        body = spool_out(parts) or b''.join(parts)
    size = len(body)
    if size > block:
        conn.send_bytes(body)
        return
    body = size.to_bytes(4, 'big') + body
    sent = os.write(fd, body)
    while sent < len(body):
        sent += os.write(fd, body[sent:])


def spool_tasks():
    """Take tasks out of their spool; how it is laid out is said in spool.go."""
    if tasks is None:
        return None
    file = tasks.detach()
    memory = mmap.mmap(file, 0)
    count = 0

    def spooled(note):
        nonlocal memory, count
        start = int.from_bytes(note[1:9], 'big')
        end = start + int.from_bytes(note[9:], 'big')
        if end > len(memory):
            memory.close()
            memory = mmap.mmap(file, 0)
        with memoryview(memory) as whole, whole[start:end] as body:
            task = load(body)
        count += 1
        memory[:8] = count.to_bytes(8, sys.byteorder)
        return task

    return spooled


def spool_results():
    """Put answers into their spool, and return notes for them."""
    if results is None or not hasattr(os, 'pwritev'):
        return lambda parts: None
    file = results.detach()
    count, end, vector = 0, 4096, 512

    def spool_out(parts):
        nonlocal count, end
        size = sum(memoryview(part).nbytes for part in parts)
        if size < large:
            return None
        taken = int.from_bytes(os.pread(file, 8, 0), sys.byteorder)
        start = 4096 if taken == count else end
        if start > 4096 and start + size > 1 << 25:
            return None  # the reader is behind
        end = start
        try:
            if len(parts) > vector:
                parts = [b''.join(parts)]
            done = os.pwritev(file, parts, end)
            if done < size:
                rest = memoryview(b''.join(parts))
                while done < size:
                    done += os.pwrite(file, rest[done:], end + done)
        except OSError:  # no memory for it
            return None
        count, end = count + 1, start + size
        return b'\0' + start.to_bytes(8, 'big') + size.to_bytes(8, 'big')

    return spool_out


spooled = spool_tasks()
spool_out = spool_results()
get = reader()
sys._brine_parent = life  # must stay open
die_with(life)
