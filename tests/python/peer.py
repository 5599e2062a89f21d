"""One side of the matrix: does what it reads from standard input, a line of Python at a time.

A line sees the manager as m, shapes, and made and opened, which share objects by their ident. Each
is answered by one JSON line: "ok" and the value's repr, or what was raised.
"""
import base64
import gc
import json
import os
import pickle
import signal
import sys

import client
import shapes


class Named(client.managers.SyncManager):
    """A manager whose clients share two objects by name."""


Named.register("get_queue")
Named.register("state")

PROXIES = {"list": "ListProxy", "dict": "DictProxy", "Lock": "AcquirerProxy", "RLock": "AcquirerProxy", "Event": "EventProxy",
           "Condition": "ConditionProxy", "Namespace": "NamespaceProxy", "Value": "ValueProxy", "Array": "ArrayProxy", "Queue": None}


def main():
    manager = client.connect(Named)
    objects = {}

    def made(kind, *args):
        proxy = getattr(manager, kind)(*args)
        objects[proxy._token.id] = proxy
        return proxy._token.id

    def opened(kind, ident):
        if ident not in objects:
            token = client.managers.Token(kind, client.address(), ident)
            cls = getattr(client.managers, PROXIES[kind] or "AutoProxy")
            objects[ident] = cls(token, "pickle", manager=manager, authkey=client.authkey())
        return objects[ident]

    def dropped():
        """Let go of what was shared."""
        objects.clear()
        for _ in range(3):  # PyPy finalizes in rounds
            gc.collect()

    def refused(function):
        """The class that the server's traceback ends with, "" when there is none."""
        try:
            function()
        except client.managers.RemoteError as e:
            return [line for line in str(e).splitlines() if line.strip("- ")][-1].split(":")[0]
        return ""

    def raised(function):
        """The class of what function raises."""
        try:
            function()
        except Exception as e:
            return type(e).__name__
        return ""

    def gone():
        """A proxy whose object is not there any more."""
        return client.managers.ListProxy(client.managers.Token("list", client.address(), "7f000"), "pickle", manager=manager,
                                         authkey=client.authkey(), incref=False)

    def pickled(value):
        """Pickled for whoever may read it."""
        return base64.b64encode(pickle.dumps(value, 2)).decode("ascii")

    def unpickled(text):
        """What another has pickled: a proxy that did not come through its manager takes the key of the process."""
        process = client.multiprocessing.current_process()
        before, process.authkey = process.authkey, client.authkey()
        try:
            return pickle.loads(base64.b64decode(text))
        finally:
            process.authkey = before

    scope = {"pickled": pickled, "unpickled": unpickled, "raised": raised, "dropped": dropped, "refused": refused, "gone": gone, "m": manager, "shapes": shapes, "made": made, "opened": opened, "objects": objects, "client": client}
    for line in iter(sys.stdin.readline, ""):
        # PyPy finalizes when it likes. The finalizer of one proxy may close the connection on which a
        # call through another of the same object is under way: not while a line is performed.
        gc.disable()
        answer = perform(line.strip(), scope)
        gc.enable()
        os.write(answers, (json.dumps(answer) + "\n").encode("ascii"))


def perform(line, scope):
    def hangs(*_):
        raise RuntimeError("no answer within 30 s")

    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(30)
    try:
        try:
            code = compile(line, "line", "eval")
        except SyntaxError:
            exec(compile(line, "line", "exec"), scope)
            return {"ok": True, "said": "None"}
        return {"ok": True, "said": repr(eval(code, scope))}
    except Exception as e:
        said = [line for line in str(e).splitlines() if line.strip("- ")]
        return {"ok": False, "said": "%s: %s" % (type(e).__name__, said[-1].strip() if said else "")}
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    # Children print as they like: answers go to a descriptor of their own.
    answers = os.dup(1)
    os.dup2(2, 1)
    main()
