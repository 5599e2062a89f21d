"""What children of a Go program run."""
import functools
import multiprocessing
import os
import sys
import time


class Own(ValueError):
    pass


class Counter:
    def __init__(self, n):
        self.n = n

    def add(self, conn, by):
        conn.send(self.n + by)

    @classmethod
    def named(cls, conn):
        conn.send(cls.__name__)


def who(conn):
    p = multiprocessing.current_process()
    parent = getattr(multiprocessing, 'parent_process', lambda: None)()
    conn.send((p.name, bytes(p.authkey), p.daemon, multiprocessing.get_start_method(), p.pid == os.getpid(), p._identity,
               (parent.name, parent.pid, parent.is_alive()) if parent else None, os.getcwd(), sys.path[0], os.environ.get('MARK')))


def answer(conn, *args, **kwargs):
    conn.send((args, sorted(kwargs.items())))


def nothing():
    pass


def fail(kind):
    if kind == 'own':
        raise Own('bad', (1, lambda: 0))
    if kind == 'chained':
        try:
            {}['k']
        except KeyError as e:
            raise RuntimeError('outer') from e
    raise kind


def leave(status):
    sys.exit(status)


def sleep(conn):
    conn.send(os.getpid())
    time.sleep(60)


def talk():
    import logging
    log = logging.getLogger('app.part')
    log.debug('too low')
    log.info('informed %d', 1)
    log.error('failed')
    print('out 1')
    print('out 2', end='')
    sys.stderr.write('err\n')


def own_logging():
    import logging
    logging.basicConfig(level=logging.DEBUG, format='mine:%(message)s', stream=sys.stdout)
    logging.debug('text')


def work(lock, value, array, queue, results):
    for _ in range(100):
        with value.get_lock():
            value.value += 1
    with lock:
        array[1] = array[0] * 2
    while True:
        item = queue.get()
        if item is None:
            break
        results.put(item * item)


def memory(shm, event):
    event.wait(30)
    shm.buf[1] = shm.buf[0] + 1
    shm.close()


def nested(conn):
    """A child with children of its own, that share its locks and tracker."""
    ctx = multiprocessing.get_context('spawn')
    with ctx.Pool(2) as pool:
        conn.send(pool.map(abs, [-1, 2, -3]))


def nested_go(conn, program):
    """A child with children that are Go's, as its parent is."""
    import gotasks
    multiprocessing.set_executable(program)
    with multiprocessing.get_context('spawn').Pool(2) as pool:
        conn.send(pool.map(gotasks.square, range(4)))


def orphan(conn, path):
    """Notices that its parent dies."""
    conn.send(os.getpid())
    multiprocessing.parent_process().join(30)
    with open(path + '.new', 'w') as f:
        f.write('alone')
    os.rename(path + '.new', path)


def family(conn):
    """Leaves a process behind that has its output open."""
    import subprocess
    child = subprocess.Popen(['sleep', '60'])
    conn.send(child.pid)
    print('last words')
