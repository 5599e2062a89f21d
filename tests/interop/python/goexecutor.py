"""A ProcessPoolExecutor with Go workers. Arguments: the Go program, the start method."""
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import gotasks


def main():
    program, method = sys.argv[1:]
    # 3.6 has no mp_context, and its only context forks; the executor of PyPy 3.9 lacks a
    # method that it calls where the context does not fork.
    if sys.version_info < (3, 7) or sys.implementation.name == 'pypy':
        print('done')
        return
    multiprocessing.set_executable(program)
    ctx = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=ctx, initializer=gotasks.prepare, initargs=(7,)) as ex:
        assert ex.submit(gotasks.square, 5).result(30) == 25
        assert list(ex.map(gotasks.square, range(50), chunksize=8)) == [i * i for i in range(50)]
        assert list(ex.map(gotasks.add, range(10), range(10))) == [2 * i for i in range(10)]
        assert ex.submit(gotasks.prepared).result(30) == 7
        e = ex.submit(gotasks.fail, 'k').exception(30)
        assert isinstance(e, KeyError) and e.args == ('k', 1) and 'gochild_test.go' in str(e.__cause__), (e, e.__cause__)
        e = ex.submit(gotasks.missing).exception(30)
        assert isinstance(e, AttributeError) and 'gotasks.missing' in str(e), e
        assert ex.submit(gotasks.chan).exception(30) is not None
        assert isinstance(ex.submit(gotasks.square, 1, k=2).exception(30), TypeError)
    with ProcessPoolExecutor(1, mp_context=ctx) as ex:
        assert isinstance(ex.submit(gotasks.die, 1).exception(30), BrokenProcessPool)
    with ProcessPoolExecutor(2, mp_context=ctx) as ex:  # one is killed at work: nothing of the pool goes on
        assert ex.submit(gotasks.square, 5).result(30) == 25
        calls = [ex.submit(gotasks.sleep, 60) for _ in range(2)]
        os.kill(next(iter(ex._processes)), signal.SIGKILL)
        assert all(isinstance(c.exception(30), BrokenProcessPool) for c in calls)
    with ProcessPoolExecutor(1, mp_context=ctx, initializer=gotasks.prepare, initargs=(-1,)) as ex:
        assert isinstance(ex.submit(gotasks.square, 1).exception(30), BrokenProcessPool)
    if sys.version_info >= (3, 11):
        with ProcessPoolExecutor(1, mp_context=ctx, max_tasks_per_child=2) as ex:
            pids = [ex.submit(gotasks.pid).result(30) for _ in range(6)]
            assert len(set(pids)) == 3, pids
    print('done')


if __name__ == '__main__':
    main()
