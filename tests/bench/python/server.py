"""Python's own manager: server.py ADDRESS KEYFILE."""

import os
import sys
from multiprocessing.managers import SyncManager


def parse(text):
    if text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


def main():
    address, key_file = sys.argv[1:]
    with open(key_file, "rb") as f:
        key = f.read().strip()
    server = SyncManager(address=parse(address), authkey=key).get_server()
    where = server.address
    if isinstance(where, tuple):
        where = "%s:%d" % where
    print("python: serving", where, flush=True)
    # serve_forever would run until a signal, and print a traceback then.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    server.serve_forever()


main()
