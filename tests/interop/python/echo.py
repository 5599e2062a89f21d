"""A peer of connection: echo.py dial|listen ADDRESS, the key in MANAGER_AUTHKEY.

listen says "listening", then sends every message back, and at the end reports how a client with
another key was refused. dial sends messages of many sizes, compares what comes back, and then
tries another key.
"""
from __future__ import print_function

import os
import sys
from multiprocessing.connection import Client, Listener

KEY = os.environ["MANAGER_AUTHKEY"].encode("ascii")
SIZES = [1, 100, 16380, 16384, 16385, 70000, 3000000]


def address(text):
    if text.startswith("@"):
        return "\0" + text[1:]
    host, colon, port = text.rpartition(":")
    return (host, int(port)) if colon else text


def listen(listener):
    print("listening")
    sys.stdout.flush()
    conn = listener.accept()
    try:
        while True:
            conn.send_bytes(conn.recv_bytes())
    except EOFError:
        conn.close()
    try:
        listener.accept()
    except Exception as e:
        print(type(e).__name__, e)


def dial(where):
    conn = Client(where, authkey=KEY)
    for size in SIZES:
        message = (b"0123456789abcdef" * (size // 16 + 1))[:size]
        conn.send_bytes(message)
        assert conn.recv_bytes() == message, size
    conn.close()
    try:
        Client(where, authkey=b"another key")
    except Exception as e:
        print(type(e).__name__, e)


if sys.argv[1] == "listen":
    listen(Listener(address(sys.argv[2]), authkey=KEY))
else:
    dial(address(sys.argv[2]))
