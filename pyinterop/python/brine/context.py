"""A multiprocessing context whose processes are those of a Go program."""
import io
import os
import threading
from multiprocessing import context as _context
from multiprocessing import popen_spawn_posix, reduction, resource_tracker, spawn, util
from typing import Any, Dict

from . import binary as _binary
from . import functions as _functions


class GoContext(_context.SpawnContext):
    """A context like that of get_context("spawn"), but with a Go program.

    Its Process, Pool and everything made of these run in Go; locks, queues and
    shared memory are Python's own and go to the Go process as arguments.
    """

    def __init__(self, program: "os.PathLike[str] | str") -> None:
        self.program = _binary.find(program)
        _functions.add(self.program)
        self.Process = type("GoProcess", (GoProcess,), {"_program": self.program})

    def get_start_method(self, allow_none: bool = False) -> str:
        return "spawn"

    def Manager(self) -> Any:
        """Python's own, in a Python process; brine.Manager() is served by Go."""
        return _context.SpawnContext().Manager()

    def __repr__(self) -> str:
        return "<GoContext %s>" % self.program


_contexts: Dict[str, GoContext] = {}
_lock = threading.Lock()  # guards _contexts


def context(program: "os.PathLike[str] | str") -> GoContext:
    """The context of a Go program: ctx.Pool(4), ctx.Process(target=…)."""
    path = _binary.find(program)
    with _lock:
        if path not in _contexts:
            _contexts[path] = GoContext(path)
        return _contexts[path]


class GoProcess(_context.SpawnProcess):
    """A process of a Go program; its target is a function of that program."""

    _program = ""

    def start(self) -> None:
        if type(self).run is not GoProcess.run:
            raise TypeError("%s overrides run(), which is Python and cannot run in Go: give target= a name from "
                            "brine.functions" % type(self).__name__)
        super().start()

    @staticmethod
    def _Popen(process_obj: "GoProcess") -> "_GoPopen":
        return _GoPopen(process_obj)


class _GoPopen(popen_spawn_posix.Popen):
    """Starts the Go program as a spawned Python would be started."""

    def _launch(self, process_obj: GoProcess) -> None:
        tracker = resource_tracker.getfd()
        self._fds.append(tracker)
        payload = self._payload(process_obj)
        opened = []
        try:
            self.sentinel, child_sentinel = self._pipe(opened)
            child_data, parent_data = self._pipe(opened)
            command = spawn.get_command_line(tracker_fd=tracker, pipe_handle=child_data)
            command[0] = process_obj._program
            self._fds.extend([child_data, child_sentinel])
            self.pid = util.spawnv_passfds(os.fsencode(process_obj._program), command, self._fds)
            for fd in (child_data, child_sentinel):
                os.close(fd)
                opened.remove(fd)
            self.finalizer = util.Finalize(self, util.close_fds, (self.sentinel, parent_data))
            opened.clear()
            with open(parent_data, "wb", closefd=False) as f:
                f.write(payload)
        finally:
            for fd in opened:
                os.close(fd)

    def _payload(self, process_obj: GoProcess) -> bytes:
        """The two pickles that a spawned child reads.

        What travels is a stock SpawnProcess: the Go side knows no other class.
        """
        stock = _context.SpawnProcess.__new__(_context.SpawnProcess)
        stock.__dict__.update(process_obj.__dict__)
        out = io.BytesIO()
        _context.set_spawning_popen(self)
        try:
            reduction.dump(_preparation(process_obj.name), out)
            reduction.dump(stock, out)
        finally:
            _context.set_spawning_popen(None)
        return out.getvalue()

    @staticmethod
    def _pipe(opened: list) -> Any:
        ends = os.pipe()
        opened.extend(ends)
        return ends


def _preparation(name: str) -> Dict[str, Any]:
    """Without the main module: Go cannot import it."""
    data = spawn.get_preparation_data(name)
    return {k: v for k, v in data.items() if not k.startswith("init_main")}
