"""A stock client that does what it is told: client.py.

Each line of stdin is an expression or statement in Python with the manager as
m. The answer is the repr of its value, or "! " and that of the exception.
share(proxy) tells how another such client gets the same object: attach(text).
"""

import os
import sys
from multiprocessing import current_process, managers


def parse(text):
    if text.startswith(("/", "\0")):
        return text
    host, _, port = text.rpartition(":")
    return host, int(port)


KEY = os.environ["MANAGER_AUTHKEY"].encode()
m = managers.SyncManager(address=parse(os.environ["MANAGER_ADDRESS"]), authkey=KEY)
m.connect()


def share(proxy):
    return "%s %s" % (proxy._token.typeid, proxy._token.id)


def attach(text):
    typeid, ident = text.split()
    callable_, exposed, method_to_typeid, proxytype = m._registry[typeid]
    token = managers.Token(typeid, m._address, ident)
    return proxytype(token, "pickle", manager=m, authkey=KEY, exposed=exposed)


def call_me(name):
    """Set the name that the server learns with the first call of a method."""
    current_process().name = name


def forget():
    """Let go of the connection to a server that is gone: with a proxy left, Python would keep it."""
    local, _ = managers.BaseProxy._address_to_local[m._address]
    del local.connection


spare = m.list()


def settle():
    """Have the server answer often enough for others to have had their turn."""
    for _ in range(50):
        len(spare)


def main():
    names = {"m": m, "share": share, "attach": attach, "settle": settle,
             "call_me": call_me, "forget": forget, "spare": spare}
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        try:
            try:
                code = compile(line.strip(), "<line>", "eval")
            except SyntaxError:
                exec(line, names)
                answer = "None"
            else:
                answer = repr(eval(code, names))
        except Exception as e:
            answer = "! %r" % (e,)
        sys.stdout.write(answer.replace("\n", "\\n") + "\n")
        sys.stdout.flush()


main()
