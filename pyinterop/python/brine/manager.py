"""multiprocessing's managers, served by a private Go process."""
import os
import shutil
import subprocess
import tempfile
from multiprocessing.managers import SyncManager
from typing import TYPE_CHECKING, Any, Optional

from .binary import BinaryError

if TYPE_CHECKING:
    from multiprocessing import managers

SERVER_VARIABLE = "BRINE"  # names the brine program where it is not on PATH


def Manager(program: "Optional[os.PathLike[str] | str]" = None) -> SyncManager:
    """A started SyncManager whose server is a brine of its own.

    It is used as that of multiprocessing.Manager() is, and ends with it: at
    shutdown(), at the end of a with block, and when this program dies. program
    is the path of brine; else it is $BRINE, the one beside this package, or the
    one on PATH.
    """
    manager = SyncManager(ctx=_ServerContext(_find(program)))
    manager.start()
    return manager


def SharedMemoryManager(program: "Optional[os.PathLike[str] | str]" = None) -> "managers.SharedMemoryManager":
    """A started SharedMemoryManager whose server is a brine of its own.

    It is used as that of multiprocessing.managers is, from Python 3.8 on, and
    ends as Manager's does; its segments end with it. program is that of Manager.
    """
    from multiprocessing.managers import SharedMemoryManager as Stock  # of Python 3.8

    manager = Stock(ctx=_ServerContext(_find(program)))
    manager.start()
    return manager


def _find(program: "Optional[os.PathLike[str] | str]") -> str:
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "brine")
    for candidate in (program, os.environ.get(SERVER_VARIABLE), beside, "brine"):
        path = candidate and shutil.which(os.fspath(candidate))
        if path:
            return path
        if candidate and candidate is program:
            raise BinaryError("%r is not an executable" % os.fspath(program))
    raise BinaryError("brine is not on PATH: build it (go build ./cmd/brine) and set BRINE to its path")


class _ServerContext:
    """All that a manager asks of a context: a Process for its server."""

    def __init__(self, program: str) -> None:
        self._program = program

    def Process(self, target: Any, args: tuple) -> "_ServerProcess":
        _registry, address, authkey, _serializer, writer, initializer = args[:6]
        if initializer is not None:
            raise ValueError("an initializer is Python code, and this manager's server is Go")
        return _ServerProcess(self._program, address, authkey, writer)


class _ServerProcess:
    """brine serve as the process that a manager starts, watches and ends."""

    _identity = (1,)  # the manager names its process after it

    def __init__(self, program: str, address: Any, authkey: bytes, writer: Any) -> None:
        self.name = "brine"
        self._program, self._address, self._authkey, self._writer = program, address, authkey, writer
        self._folder: Optional[str] = None
        self._process: Optional[subprocess.Popen] = None

    def start(self) -> None:
        address = self._address
        if address is None:
            self._folder = tempfile.mkdtemp(prefix="brine-")
            address = os.path.join(self._folder, "socket")
        text = address if isinstance(address, str) else "%s:%d" % tuple(address)
        if text.startswith("\0"):
            text = "@" + text[1:]
        self._process = subprocess.Popen(
            [self._program, "serve", "--private", "--allow-shutdown", "--log-level", "warn", "--address", text],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(bytes(self._authkey).hex().encode() + b"\n")
        self._process.stdin.flush()
        self._writer.send(self._ready(self._process.stdout.readline().decode(), address))

    def _ready(self, line: str, address: Any) -> Any:
        """The address in the line that brine prints when it listens."""
        if not line.startswith("brine: serving "):
            self.join()
            raise BinaryError("%s did not start to serve; it says why on standard error" % self._program)
        if isinstance(address, str):
            return address
        return (address[0], int(line.split(" (")[0].rpartition(":")[2]))

    @property
    def ident(self) -> Optional[int]:
        return self._process and self._process.pid

    pid = ident

    @property
    def exitcode(self) -> Optional[int]:
        return self._process and self._process.poll()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def join(self, timeout: Optional[float] = None) -> None:
        if self._process is None:
            return
        assert self._process.stdin and self._process.stdout
        try:
            if not self._process.stdin.closed:
                self._process.stdin.close()  # its sign to end, were shutdown not
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return
        self._process.stdout.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def terminate(self) -> None:
        if self._process:
            self._process.terminate()

    def kill(self) -> None:
        if self._process:
            self._process.kill()
