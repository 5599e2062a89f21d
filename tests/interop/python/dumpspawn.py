"""Prints, in hexadecimal, what a child is told: the two pickles of spawn."""
import functools
import io
import multiprocessing
from multiprocessing import context, popen_spawn_posix, reduction, spawn

import gotasks


class Popen(popen_spawn_posix.Popen):
    def __init__(self):  # starts nothing
        self._fds = []


if __name__ == '__main__':
    ctx = multiprocessing.get_context('spawn')
    r, w = ctx.Pipe()
    p = ctx.Process(target=functools.partial(gotasks.square, 1), args=(r, 'x'), kwargs={'k': None}, name='worker', daemon=True)
    out = io.BytesIO()
    context.set_spawning_popen(Popen())
    reduction.dump(spawn.get_preparation_data('worker'), out)
    reduction.dump(p, out)
    context.set_spawning_popen(None)
    print(out.getvalue().hex(), bytes(multiprocessing.current_process().authkey).hex(), r.fileno())
