"""Starts Go children. Arguments: the Go program, the start method."""
import functools
import os
import signal
import sys
import tempfile
import time

import gotasks
from whichmp import multiprocessing


def main():
    program, method = sys.argv[1:]
    multiprocessing.set_executable(program)
    ctx = multiprocessing.get_context(method)
    r, w = ctx.Pipe(False)

    def run(target, *args, **kwargs):
        p = ctx.Process(target=target, args=args, **kwargs)
        p.start()
        return p

    def heard():
        assert r.poll(30)
        return r.recv()

    def ended(p, code, *others):
        p.join(30)
        assert p.exitcode in (code,) + others, (p, p.exitcode, code)

    # Who it is.
    p = run(gotasks.who, w, name='worker')
    name, key, parent, ppid, pid = heard()
    assert (name, key, ppid, pid) == ('worker', bytes(multiprocessing.current_process().authkey), os.getpid(), p.pid)
    assert parent == ('MainProcess' if sys.version_info >= (3, 8) else ''), parent
    ended(p, 0)

    # How it ends.
    ended(run(None), 0)
    ended(run(gotasks.leave, 7), 7)
    ended(run(gotasks.leave, -1), 255)
    ended(run(gotasks.leave, 1 << 70), 255)
    ended(run(gotasks.leave, None), 0)
    ended(run(gotasks.leave, 'text'), 1)
    ended(run(gotasks.die, 3), 3)
    ended(run(gotasks.fail, 'k'), 1)
    ended(run(gotasks.boom, 0), 1)
    ended(run(gotasks.missing), 1)
    ended(run(gotasks.square), 1)
    ended(run(len, 'x'), 1)
    ended(run(functools.partial(gotasks.leave, 5)), 5)
    ended(run(gotasks.Namespace.method, 1), 0)
    p = run(gotasks.sleep, 60)
    p.terminate()
    ended(p, -signal.SIGTERM + (2**64 if method == 'forkserver' and sys.version_info < (3, 7) else 0))

    # Where it works: the name of a folder need not be text.
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir(b'd\xff')
        os.chdir(b'd\xff')
        p = run(gotasks.place, w)
        assert heard() == os.getcwdb()
        ended(p, 0)
        os.chdir(home)

    # A daemon of Go may have children: they hear of its end.
    for target in (gotasks.daemon, gotasks.parent):
        p = run(target, w, daemon=True)
        assert heard() is True
        ended(p, 0)

    # Its child is a Python, whose children are Go's.
    if method == 'spawn':
        p = run(gotasks.python, w, sys.executable, os.path.dirname(os.path.abspath(__file__)))
        assert heard() == [0, 1, 4, 9]
        ended(p, 0)

    # Much to read, also for one who fails before it has read all.
    ended(run(gotasks.echo, b'x' * (3 << 20)), 0)
    ended(run(gotasks.missing, b'x' * (3 << 20)), 1)

    # Its end is seen though a process that it started goes on.
    p = run(gotasks.linger, w)
    other = heard()
    p.join(30)
    assert p.exitcode == 0
    os.kill(other, signal.SIGKILL)

    # What is shared.
    value, lock = ctx.Value('i', 0), ctx.Lock()
    counters = [run(gotasks.count, value, lock, 500) for _ in range(3)]
    for _ in range(500):
        with lock:
            value.value += 1
    for p in counters:
        ended(p, 0)
    assert value.value == 2000, value.value
    tasks, results, ready = ctx.JoinableQueue(), ctx.Queue(), ctx.Event()
    p = run(gotasks.serve, tasks, results, ready)
    assert ready.wait(30)
    for i in range(20):
        tasks.put(i)
    assert sorted(results.get(timeout=30) for _ in range(20)) == [2 * i for i in range(20)]
    tasks.put(None)
    tasks.join()
    ended(p, 0)

    # What log_to_stderr asks for holds for the child. (A fork server has its own stderr.)
    if method == 'spawn':
        multiprocessing.log_to_stderr(30)
        stderr = os.dup(2)
        with tempfile.TemporaryFile() as f:
            os.dup2(f.fileno(), 2)
            ended(run(gotasks.log, 'heard', name='worker'), 0)
            os.dup2(stderr, 2)
            f.seek(0)
            text = f.read().decode()
        assert 'level=WARN' in text and 'msg=heard' in text and 'process=worker' in text and 'level=INFO' not in text, text
    print('done')


if __name__ == '__main__':
    main()
