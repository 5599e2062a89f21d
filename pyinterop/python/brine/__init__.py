"""Processes, pools and managers of multiprocessing that run in Go.

    import brine

    ctx = brine.context("./worker")              # a Go program that calls engine.Main
    from brine.functions import tasks            # the functions it registered
    with ctx.Pool(4) as pool:
        print(pool.map(tasks.square, range(10)))

    with brine.Manager() as m:                   # multiprocessing.Manager(), served by Go
        print(m.list(range(10)))

    with brine.SharedMemoryManager() as smm:     # and that of multiprocessing.managers
        print(smm.ShareableList(range(10)))

Only the standard library is needed, and nothing else of the program changes:
other contexts go on starting Python processes.
"""
from .binary import BinaryError, Function, functions_of
from .context import GoContext, context
from .manager import Manager, SharedMemoryManager

__all__ = ["BinaryError", "Function", "GoContext", "Manager", "SharedMemoryManager", "context", "functions_of"]
__version__ = "0.1.0"
