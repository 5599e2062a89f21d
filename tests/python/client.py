"""What every peer's script starts with: a connected manager, from the environment."""
import multiprocessing
import os
from multiprocessing.managers import SyncManager


def address():
    text = os.environ["MANAGER_ADDRESS"]
    host, _, port = text.rpartition(":")
    return (host, int(port)) if port.isdigit() else text


def authkey():
    return os.environ["MANAGER_AUTHKEY"].encode("ascii")


def connect(cls=SyncManager):
    # Python's own server cannot tell a client the key of nested proxies; brine does.
    if os.environ.get("MANAGER_KEY_OF_PROCESS", "1") == "1":
        multiprocessing.current_process().authkey = authkey()
    manager = cls(address=address(), authkey=authkey())
    manager.connect()
    return manager
