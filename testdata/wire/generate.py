"""Writes what a client of Python 3.14 and its manager say to each other: python3.13 generate.py > python3.14.txt

There is no 3.14 here. Python 3.13 is taught what its library does otherwise on this wire (see
tests/python/python314.py): protocol 5, more exposed methods, sets. All else, the handshake too, is 3.13's
own, with which 3.14 agrees. Its client and its server talk through a relay that writes each message down.
3.15 says the same here.

A line is tab-separated: the number of the connection, what happens, bytes, and for people the value.

    open                         the client connects
    close                        the client closes
    <                            a message of the server
    >                            a message of the client

Bytes are in hex, but for <address>, the 24 characters of the server's socket, and <id1>, <id2>, … which are
twelve characters that the server chose. Of tracebacks the last line alone is kept: the others name files.
"""
import multiprocessing
import os
import pickle
import re
import socket
import struct
import sys
import tempfile
import threading
from multiprocessing import managers

assert sys.version_info[:2] == (3, 13), "3.13 is what was taught"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "python"))
import python314

KEY = b"6272696e65"

SESSION = """
    l = m.list([3, 1, 2, bytearray(b"ab"), {1}, b"", 2**70, "\\ud800"])
    l.copy()
    list(reversed(l))
    l.clear()
    l.append(m.list())
    l[0].copy()
    l[5]
    d = m.dict(a=1, b=2)
    d | {"c": 3}
    {"c": 3} | d
    d | 5
    d |= [("d", 4)]
    d |= 5
    list(reversed(d))
    list(d)
    d.fromkeys("ab", 1)
    d["missing"]
    s = m.set([1, 2])
    len(s), 1 in s, [] in s
    s.add(3)
    s.remove(9)
    s | {5}
    {5} | s
    s & {1}
    {1, 7} - s
    s ^ [1]
    s |= {4}
    s -= {1}
    s &= {2, 3}
    s ^= {3}
    s >= {2}
    s.isdisjoint([7])
    s.union([8], (9,))
    sorted(s)
    s.pop()
    m.set(5)
    l[:] = [s, (d,)]
    l[0].add("nested")
    str(l[0])
    l.extend(s)
    str(l[-1:])
    lock = m.Lock()
    lock.locked()
    lock.acquire()
    lock.locked()
    lock.release()
    lock.release()
    m.Semaphore().locked()
    q = m.Queue(1)
    q.put({"x": bytearray(b"1")})
    q.put(1, False)
    q.get()
    q.get_nowait()
    q.shutdown()
    q.put(2)
    q.get(timeout=1)
    n = m.Namespace(x=1)
    n.x, n.y
    n._getvalue().x
    v = m.Value("d", 1.5)
    v.value
    a = m.Array("i", [1, 2])
    a[:]
    e = m.Event()
    e.wait(0), e.set(), e.wait()
    b = m.Barrier(1)
    b.wait(), b.parties, b.broken
    l._callmethod("no_such_method")
    m._number_of_objects()
    del s, d, lock, q, n, v, a, e, b
    del l
    m._number_of_objects()
"""


class Relay:
    """Listens in place of a server, and writes down what goes through."""

    def __init__(self, address, server):
        self.server, self.lines, self.opened, self.carriers = server, [], 0, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(address)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            self.opened += 1
            self.lines.append((self.opened, "open", None))
            for args in (">", client, server), ("<", server, client):
                self.carriers.append(threading.Thread(target=self.carry, args=(self.opened, *args), daemon=True))
                self.carriers[-1].start()

    def carry(self, number, direction, source, to):
        """Writes a message down before it is passed on: one answers the other, so lines are in order."""
        while True:
            head = receive(source, 4)
            if head is None:
                break
            body = receive(source, struct.unpack("!i", head)[0])
            self.lines.append((number, direction, without_files(body)))
            to.sendall(head + body)
        if direction == ">":
            self.lines.append((number, "close", None))
        try:
            to.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def without_files(body):
    """The same message, where it is a traceback, with its last line."""
    if b"#TRACEBACK" not in body[:30]:
        return body
    kind, text = pickle.loads(body)
    return pickle.dumps((kind, text.strip().splitlines()[-1] + "\n"), 5)


def receive(source, n):
    got = b""
    while len(got) < n:
        more = source.recv(n - len(got))
        if not more:
            return None
        got += more
    return got


def record(folder):
    address, behind = os.path.join(folder, "wire"), os.path.join(folder, "behind")
    multiprocessing.current_process().authkey = KEY
    server = managers.SyncManager(address=behind, authkey=KEY).get_server()
    server.address = address  # as its clients know it
    threading.Thread(target=server.serve_forever, daemon=True).start()
    relay = Relay(address, behind)
    m = managers.SyncManager(address=address, authkey=KEY)
    m.connect()
    scope = {"m": m}
    for line in SESSION.strip().splitlines():
        try:
            exec(line.strip(), scope)
        except Exception:
            pass  # what it is, the record says
    scope.clear()
    for thread in relay.carriers:
        thread.join(10)
    return address, relay.lines


def ids(lines):
    """The idents in the order in which the server gave them."""
    found = []
    for number, what, body in lines:
        if what == "<" and body[:1] == b"\x80":
            for ident in re.findall(rb"\x8c\x0c([0-9a-f]{12})\x94", body):
                if ident not in found:
                    found.append(ident)
    return found


def written(body, names):
    """Bytes as text, with names for what is another's every time."""
    if not names:
        return body.hex()
    pieces = re.split(b"(%s)" % b"|".join(map(re.escape, names)), body)
    return "".join(names[p] if p in names else p.hex() for p in pieces)


def meaning(body):
    if body[:1] != b"\x80":
        return repr(body[:18] + (b"..." if len(body) > 18 else b""))
    return re.sub("0x[0-9a-f]+", "0x...", ascii(Reader(body).load()))


class Shown:
    def __init__(self, *args):
        self.args = args

    def __setstate__(self, state):
        self.args = state

    def __repr__(self):
        return type(self).__name__ + repr(self.args)


class Reader(pickle._Unpickler):
    """Reads proxies without asking for them."""

    def __init__(self, body):
        import io

        super().__init__(io.BytesIO(body))

    def find_class(self, module, name):
        if module == managers.__name__:
            return type(name, (Shown,), {})
        return super().find_class(module, name)


def main():
    python314.teach()
    with tempfile.TemporaryDirectory(prefix="brine-", dir="/tmp") as folder:
        address, lines = record(folder)
    names = {address.encode(): "<address>"}
    for i, ident in enumerate(ids(lines)):
        names[ident] = "<id%d>" % (i + 1)
    print("# Python 3.14 and its manager, as 3.13 says it: see generate.py. The key is %s." % KEY.decode())
    for number, what, body in lines:
        if body is None:
            print(number, what, sep="\t")
            continue
        text = meaning(body)
        for changing, name in names.items():
            text = text.replace(changing.decode(), name)
        print(number, what, written(body, names), text, sep="\t")
    sys.stdout.flush()
    os._exit(0)  # without a word from the server's threads


if __name__ == "__main__":
    main()
