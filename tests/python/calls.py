"""The Python client of four pairs: makes the calls of a file, and says what each answered.

    calls.py FILE

Prints a JSON line a call: "value" and its repr, or the exception's class and the repr of its
arguments. The file's first lines say what it looks like.
"""
import ast
import json
import sys

import client

objects = {}


def argument(v):
    """What stands for no literal."""
    if isinstance(v, tuple) and v and v[0] == "@slice":
        return slice(*v[1:])
    if isinstance(v, tuple) and v and v[0] == "@proxy":
        return objects[v[1]]
    if isinstance(v, (tuple, list)):
        return type(v)([argument(item) for item in v])
    return v


def arguments(text):
    """Positional arguments and keywords."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if depth == 0:
            break
    args, kwds = text[: i + 1], text[i + 1 :].strip()
    args = ast.literal_eval(args)
    return argument(args if isinstance(args, tuple) else (args,)), ast.literal_eval(kwds or "{}")


def perform(manager, line):
    name, what, rest = line.split(" ", 2)
    if what == "=":
        typeid, rest = rest.split(" ", 1)
        args, kwds = arguments(rest)
        objects[name] = getattr(manager, typeid)(*args, **kwds)
        return objects[name]
    args, kwds = arguments(rest)
    proxy = objects[name]
    if what[0] in "_#" or not hasattr(proxy, what):
        return proxy._callmethod(what, args, kwds)
    return getattr(proxy, what)(*args, **kwds)


def said(v):
    """repr, in which a proxy is only what it stands for."""
    if isinstance(v, client.managers.BaseProxy):
        return "<proxy of %s>" % v._token.typeid
    if isinstance(v, list):
        return "[%s]" % ", ".join(map(said, v))
    return repr(v)


def exception(e):
    cls = type(e)
    if cls is client.managers.RemoteError:
        lines = [line for line in str(e).splitlines() if line.strip("- ")]
        return "RemoteError", lines[-1].strip()
    return "%s.%s" % (cls.__module__.replace("_queue", "queue"), cls.__name__), repr(e.args)


def main():
    manager = client.connect()
    for line in open(sys.argv[1], encoding="utf-8"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            answer = "value", said(perform(manager, line))
        except AttributeError as e:
            answer = exception(e)
            if "has no attribute 'nothing'" in str(e):  # the manager's own: it asks nobody
                answer = "RemoteError", "KeyError: 'nothing'"
        except Exception as e:
            answer = exception(e)
        print(json.dumps([line, answer[0], answer[1]]))


if __name__ == "__main__":
    main()
