"""Python's own remote manager: pymanager.py ADDRESS, the key in MANAGER_AUTHKEY.

Serves what a SyncManager of this interpreter registers, or the MANAGER_CLASS, says where on standard output as
"serving ADDRESS", and goes when standard input closes. MANAGER_PACKAGE is multiprocessing, or its fork multiprocess.
"""
import importlib
import os
import sys
import threading

package = os.environ.get("MANAGER_PACKAGE", "multiprocessing")
multiprocessing = importlib.import_module(package)
managers = importlib.import_module(package + ".managers")

if os.environ.get("MANAGER_AS") == "3.14":
    import python314

    python314.teach()


def follow_parent():
    sys.stdin.read()
    os._exit(0)


def main():
    host, _, port = sys.argv[1].rpartition(":")
    address = (host, int(port)) if port.isdigit() else sys.argv[1]
    key = os.environ["MANAGER_AUTHKEY"].encode("ascii")
    # A nested proxy is rebuilt with the key of the process that finds it.
    multiprocessing.current_process().authkey = key
    cls = getattr(managers, os.environ.get("MANAGER_CLASS", "SyncManager"))
    server = cls(address=address, authkey=key).get_server()
    bound = server.address
    if isinstance(bound, tuple):
        bound = "%s:%d" % bound
    print("serving %s" % bound)
    sys.stdout.flush()
    watch = threading.Thread(target=follow_parent)
    watch.daemon = True
    watch.start()
    server.serve_forever()


if __name__ == "__main__":
    main()
