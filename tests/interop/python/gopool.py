"""A Pool whose workers are Go. Arguments: the Go program, the start method."""
import functools
import os
import sys
import time

import gotasks
from whichmp import multiprocessing


def raises(f, cls):
    try:
        f()
    except cls as e:
        return e
    raise AssertionError('no {}'.format(cls))


class Unpicklable(object):
    def __reduce_ex__(self, protocol):
        raise TypeError('not this')


def broken():
    yield 1
    yield 2
    raise LookupError('iterable')


def twice(x):
    raise AssertionError('ran in Python')


def nested(program, method, conn):
    """A Python child that has a pool of Go workers; its main module is __mp_main__."""
    multiprocessing.set_executable(program)
    with multiprocessing.get_context(method).Pool(2) as pool:
        conn.send((twice.__module__, pool.map(gotasks.square, range(5)), pool.map(twice, range(3))))


def main():
    program, method = sys.argv[1:]
    multiprocessing.set_executable(program)
    ctx = multiprocessing.get_context(method)
    with ctx.Pool(3, gotasks.prepare, (5,)) as pool:
        squares = [i * i for i in range(100)]
        assert pool.map(gotasks.square, range(100)) == squares
        assert pool.map(gotasks.square, range(100), chunksize=1) == squares
        assert list(pool.imap(gotasks.square, range(100), 7)) == squares
        assert sorted(pool.imap_unordered(gotasks.square, range(100))) == squares
        assert pool.starmap(gotasks.add, [(1, 2), [3, 4.5], ()]) == [3, 7.5, 0]
        assert pool.apply(gotasks.prepared) == 5
        assert pool.apply(functools.partial(gotasks.add, 1, 2), (3,)) == 6
        assert pool.apply(gotasks.Namespace.method, (4,)) == -4
        assert pool.apply_async(gotasks.echo, ([1, {'k': (None, 2.5, b'x')}],)).get(30) == [1, {'k': (None, 2.5, b'x')}]
        big = b'x' * (1 << 20)
        assert pool.apply(gotasks.echo, (big,)) == big
        assert len(set(pool.map(gotasks.pid, range(200), 1))) <= 3

        e = raises(lambda: pool.apply(gotasks.fail, ('k',)), KeyError)
        assert e.args == ('k', 1) and isinstance(e.__cause__, multiprocessing.pool.RemoteTraceback), e
        assert 'gotasks.fail' in str(e.__cause__) and 'gochild_test.go' in str(e.__cause__), e.__cause__
        e = raises(lambda: pool.map(gotasks.boom, [1]), RuntimeError)
        assert 'divide by zero' in str(e) and 'goroutine' in str(e.__cause__), e.__cause__
        e = raises(lambda: pool.apply(gotasks.wrap), RuntimeError)
        assert 'cannot read: file does not exist' in str(e), e
        raises(lambda: pool.apply(gotasks.square, ('x',)), TypeError)
        raises(lambda: pool.apply(gotasks.square, (1,), {'k': 1}), TypeError)
        e = raises(lambda: pool.apply(gotasks.missing), AttributeError)
        assert 'gotasks.missing' in str(e), e
        raises(lambda: pool.map(len, ['x']), AttributeError)
        raises(lambda: pool.apply(gotasks.chan), multiprocessing.pool.MaybeEncodingError)
        raises(lambda: pool.apply(gotasks.echo, (Unpicklable(),)), TypeError)
        results = pool.imap(gotasks.square, broken())
        assert (next(results), next(results)) == (1, 4)
        raises(lambda: next(results), LookupError)
        assert pool.map(gotasks.square, range(3)) == [0, 1, 4]

    # Ends and replacements.
    pool = ctx.Pool(2, maxtasksperchild=3)
    pids = pool.map(gotasks.pid, range(12), 1)
    assert len(set(pids)) >= 4, pids
    workers = list(pool._pool)
    pool.close()
    pool.join()
    assert [p.exitcode for p in pool._pool] in ([0] * len(pool._pool), []), pool._pool
    pool = ctx.Pool(2)
    before = {p.pid for p in pool._pool}
    pool.apply_async(gotasks.die, (3,))  # is lost, as in Python
    deadline = time.time() + 30
    while {p.pid for p in pool._pool} == before or len(pool._pool) < 2:
        assert time.time() < deadline
        time.sleep(0.01)
    assert pool.map(gotasks.square, range(10), 1) == [i * i for i in range(10)]
    pool.terminate()
    pool.join()
    pool = ctx.Pool(2)
    pool.apply_async(gotasks.sleep, (60,))
    assert pool.apply(gotasks.square, (3,)) == 9
    pool.terminate()
    pool.join()

    if multiprocessing.__name__ == 'multiprocessing':  # dill sends functions of the script whole
        multiprocessing.set_executable(sys.executable)
        spawn = multiprocessing.get_context('spawn')
        r, w = spawn.Pipe(False)
        p = spawn.Process(target=nested, args=(program, method, w))
        p.start()
        assert r.poll(30)
        assert r.recv() == ('__mp_main__', [0, 1, 4, 9, 16], [0, 2, 4])
        p.join(30)
        assert p.exitcode == 0, p.exitcode
    print('done')


if __name__ == '__main__':
    main()
