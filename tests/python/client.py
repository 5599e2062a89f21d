"""What every peer's script starts with: a connected manager, from the environment.

MANAGER_PACKAGE names the package whose clients speak: multiprocessing, or its fork multiprocess. With
MANAGER_AS=3.14, Python 3.13 speaks as 3.14 does.
"""
import importlib
import os

package = os.environ.get("MANAGER_PACKAGE", "multiprocessing")
multiprocessing = importlib.import_module(package)
managers = importlib.import_module(package + ".managers")
newest = os.environ.get("MANAGER_AS") == "3.14"
if newest:
    import python314

    python314.teach()


def address():
    return parse(os.environ["MANAGER_ADDRESS"])


def parse(text):
    if text.startswith("@"):  # abstract
        return "\0" + text[1:]
    if text.startswith("b@"):  # the same, as getsockname gives it
        return b"\0" + text[2:].encode("ascii")
    host, _, port = text.rpartition(":")
    return (host, int(port)) if port.isdigit() else text


def authkey():
    return os.environ["MANAGER_AUTHKEY"].encode("ascii")


def connect(cls=managers.SyncManager):
    # Python's own server cannot tell a client the key of nested proxies; brine does.
    if os.environ.get("MANAGER_KEY_OF_PROCESS", "1") == "1":
        multiprocessing.current_process().authkey = authkey()
    manager = cls(address=address(), authkey=authkey())
    manager.connect()
    return manager
