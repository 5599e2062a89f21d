# How a worker gets tasks and puts answers. It is executed in each, with the
# connection, while multiprocessing.pool.worker's arguments are unpickled.
import mmap
import os
import sys
from io import FileIO
from itertools import repeat
from os import read
from pickle import HIGHEST_PROTOCOL, dumps as dump_plainly
from time import monotonic
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


def conversation():
    """Return get and put. A message that begins with a one is a batch of tasks
    (batch.go); an answer that need not be sent at once goes to the journal
    (journal.go)."""
    data, at = b'', 0  # what was read, and how much of it was taken
    left = 0  # tasks of the batch
    batch = star = func = None
    nothing = {}
    count = 0  # answers
    sent = 0.0  # when the last was sent

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
        nonlocal data, at, left
        while not left:
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
                    if body[0] != 1:
                        return load(body)
                    unpack(body)
                    continue
                if size > block:
                    at = start
                    body = fill(bytearray(size))
                    data, at = b'', 0
                    return load(body)
            more = read(fd, block)
            if not more:
                raise EOFError
            data, at = data[at:] + more, 0
        left -= 1
        job, i, args = next(batch)
        if star is None:
            return job, i, func, args, nothing
        return job, i, star, ((func, args),), nothing

    def unpack(body):
        nonlocal left, batch, star, func
        left = int.from_bytes(body[1:5], 'big')
        try:
            star, func, flat = loads(body[5:])
            flat = iter(flat)
            batch = zip(flat, flat, flat)
        except Exception as error:  # there is no such function: all of them fail
            star, func = None, fail
            batch = repeat((-2, 0, (error,)))

    def another():
        """Is there a task that has come?"""
        start = at + 4
        return left or 0 <= len(data) - start >= int.from_bytes(data[at:start], 'big')

    def put(answer):
        nonlocal count, sent
        body = dump(answer)
        size = len(body)
        if size < 4000 and monotonic() - sent < 0.0005 and another() and note(count, body):
            count += 1
            return
        if size > block:
            conn.send_bytes(body)
        else:
            write(body)
        count += 1
        sent = monotonic()

    def mark(stream):
        """Have what is written to a stream marked (output.go)."""
        raw = getattr(stream, 'buffer', None)
        raw = getattr(raw, 'raw', raw)
        if type(raw) is not FileIO:
            return
        plainly, file = raw.write, raw.fileno()
        marked = -1

        def write(text):
            nonlocal marked
            if marked != count:
                marked = count
                os.write(file, b'\0\xffbrine\xff%b\n' % marked.to_bytes(4, 'big'))
            return plainly(text)

        raw.write = write

    mark(sys.stdout)
    mark(sys.stderr)
    return get, put


def load(body):
    try:
        task = loads(body)
    except Exception as error:  # a function that cannot be imported, mostly
        if len(body) == 17 and body[0] == 0:
            return spooled(body)
        return -2, 0, fail, (error,), {}
    if task is None:  # we leave
        write(b'')
    return task


def fail(error):
    raise error


def write(body):
    body = len(body).to_bytes(4, 'big') + body
    sent = os.write(fd, body)
    while sent < len(body):
        sent += os.write(fd, body[sent:])


def short(value):
    return type(value) in text and len(value) < block


def dump(answer):
    value = first = answer[2][1]
    kind = type(value)
    if kind is list and value:
        first = value[0]
        simple = plain.issuperset(map(type, value)) or len(value) == 1 and short(first)
    else:
        simple = kind in plain or short(value)
    if simple:
        body = dump_plainly(answer, 4)
        return len(body) >= large and spool_out([body]) or body
    # What is large it passes on as it is, and keeps.
    parts = []
    writer = pickler(SimpleNamespace(write=parts.append), arrays if hasattr(type(first), '__array__') else None)
    writer.dump(answer)
    return spool_out(parts) or b''.join(parts)


def notes():
    """Write answers into the journal."""
    if journal is None:
        return lambda number, answer: False
    file = journal.detach()
    memory = mmap.mmap(file, 0)
    os.close(file)
    words = memoryview(memory)[:16].cast('Q')
    ring, record = 1 << 16, 1 << 12
    end, room = 0, ring  # offsets: of the next record, and of what is not read yet

    def note(number, answer):
        nonlocal end, room
        size = len(answer)
        place = end % ring
        start = end if place <= ring - record else end + ring - place
        behind = start + 8 + size
        if behind > room:
            room = words[1] + ring
            if behind > room:  # the reader is behind
                return False
        place = start % ring + 64
        memory[place:place + 8 + size] = (number << 32 | size).to_bytes(8, 'little') + answer
        words[0] = end = behind
        return True

    return note


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
note = notes()
get, put = conversation()
sys._brine_parent = life  # must stay open
die_with(life)
