# For a worker that is to end with its parent.
import fcntl
import os
import signal


def die_with(parent):
    """Have the kernel kill us when the other end of the pipe is closed, which
    only the parent has; also while what we call does not return."""
    end = parent.fileno()
    fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(end, getattr(fcntl, 'F_SETSIG', 10), int(signal.SIGKILL))
    fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_ASYNC)
    if parent.poll():  # it was closed before
        os._exit(1)


