"""Prepare requests as a stock client writes them: prepare.py ADDRESS KEYFILE.

Prints {name: [base64 of a pickled request, ...]} as one line of JSON and keeps
the objects until stdin ends.
"""

import base64
import json
import sys
from multiprocessing.managers import SyncManager
from multiprocessing.reduction import ForkingPickler


def parse(text):
    if text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


def request(proxy, method, *args):
    ident = proxy._token.id if proxy is not None else None
    return base64.b64encode(bytes(ForkingPickler.dumps((ident, method, args, {})))).decode()


def main():
    address, key_file = sys.argv[1:]
    with open(key_file, "rb") as f:
        key = f.read().strip()
    m = SyncManager(address=parse(address), authkey=key)
    m.connect()
    d = m.dict({"key%d" % i: i for i in range(100)})
    l = m.list(range(100))
    v = m.Value("i", 7)
    big = m.dict({"big": bytes(1 << 20)})
    print(json.dumps({
        "hello": [request(None, "accept_connection", "MainProcess")],
        "small": [
            request(d, "__getitem__", "key7"),
            request(d, "__setitem__", "key8", 42),
            request(l, "append", 5),
            request(l, "__getitem__", 3),
            request(l, "__len__"),
            request(l, "pop"),
            request(v, "get"),
            request(v, "set", 9),
        ],
        "set": [request(big, "__setitem__", "big", bytes(1 << 20))],
        "get": [request(big, "__getitem__", "big")],
    }), flush=True)
    sys.stdin.read()


main()
