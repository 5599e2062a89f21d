"""One script, two managers: a list of operations on every type, and what each answered.

Prints a JSON line an operation: its name, how it ended ("value" or the exception's class) and the
repr of the value or of the exception's arguments. An operation is a line of a group below; it sees
the manager as m and the group's object as x, and what earlier lines of its group have left. After
every line the str of x is compared too, where the group says so.
"""
from __future__ import print_function

import array
import collections
import copy
import datetime
import decimal
import fractions
import gc
import json
import os
import pickle
import platform
import signal
import sys
import threading
import uuid

import client
import corners

PY2 = sys.version_info[0] == 2

# (name, expression for x, compare str(x) after each line, first version, lines)
GROUPS = []


def group(name, make, lines, show=True, since=(2, 7)):
    lines = [line for line in lines.strip().splitlines() if line.strip()]
    GROUPS.append((name, make, show, since, [line.strip() for line in lines]))


group("list", "m.list([3, 1, 2])", """
    len(x)
    x.append(4)
    x.append(None)
    x.append()
    x.append(1, 2)
    x.pop()
    x.pop(0)
    x.pop(-1)
    x.pop(99)
    x.pop('a')
    x.pop(1.5)
    x.insert(0, 'a')
    x.insert(-1, 'b')
    x.insert(99, 'c')
    x.insert('x', 1)
    x.insert(1)
    x.extend([7, 8])
    x.extend((9,))
    x.extend('de')
    x.extend({'k': 1})
    x.extend(5)
    x.extend(None)
    x.remove('a')
    x.remove('zz')
    x.index(1)
    x.index('zz')
    x.index(2, 1)
    x.index(9, 0, 3)
    x.count(1)
    x.count(True)
    x.count(1.0)
    x.count('nothing')
    x[0]
    x[-1]
    x[99]
    x[-99]
    x['a']
    x[None]
    x[1.0]
    x[True]
    x[2**70]
    x[0] = 'first'
    x[-1] = 'last'
    x[99] = 1
    x['a'] = 1
    del x[0]
    del x[-1]
    del x[99]
    del x['a']
    1 in x
    'nothing' in x
    x.reverse()
    x.reverse(1)
    x + [1]
    x + (1,)
    x + None
    x * 2
    x * 0
    x * -1
    x * 1.5
    2 * x
    x *= 2
    x += [1]
    x += 'xy'
    x += 5
    list(reversed(x)) if not PY2 else None
    list(x)
    [v for v in x]
    x.nothing()
    x.clear_all
""")

group("list slices", "m.list(range(10))", """
    x[:]
    x[2:5]
    x[-3:]
    x[:-3]
    x[5:2]
    x[::2]
    x[::-1]
    x[8:1:-3]
    x[100:]
    x[-100:3]
    x[::0]
    x['a':]
    x[None:None:None]
    x[1:3] = ['a', 'b', 'c']
    x[0:0] = [0]
    x[2:2] = ()
    x[1:4] = 'xyz'
    x[::2] = [1]
    x[::2] = 5
    x[0:2] = 5
    x[::5] = [-1, -2, -3]
    x[::-5] = [1, 2, 3]
    x[::3] = []
    del x[1:3]
    del x[::3]
    del x[::-2]
    del x[50:]
    x[1:0] = ['in']
    x[-1:] = ['end']
    x[:] = []
    x.pop()
    x[0]
""")

group("list sort", "m.list([3, 1, 2])", """
    x.sort()
    x.sort(reverse=True)
    x.sort(reverse=False)
    x.sort(key=None) if not PY2 else None
    x.sort(nothing=1)
    x.extend([2.5, True, -1, 10**20])
    x.sort()
    x[:] = ['b', 'a', 'C', '', 'aa']
    x.sort()
    x[:] = [(1, 'b'), (1, 'a'), (0,), ()]
    x.sort()
    x[:] = [[2], [1, 5], [1]]
    x.sort()
    x[:] = [1, 'a'] if not PY2 else []
    x.sort()
    x[:] = [None, 1] if not PY2 else []
    x.sort()
    x[:] = [{}, {}] if not PY2 else []
    x.sort()
    x[:] = [b'b', b'a']
    x.sort()
    x[:] = [frozenset([1, 2]), frozenset([1])]
    x.sort()
    x[:] = [1j, 2j]
    x.sort()
    x[:] = [1, 1.0, True]
    x.sort()
    x[:] = [0.0, -0.0]
    x.sort()
""")

group("list made", "m.list()", """
    str(m.list())
    str(m.list([]))
    str(m.list((1, 2)))
    str(m.list('abc'))
    str(m.list({'a': 1}))
    str(m.list(range(3)))
    str(m.list(m.list([1, 2]))) if not PY2 else None
    m.list(5)
    m.list(1, 2)
    m.list(None)
    m.list(nothing=1)
""")

group("values", "m.list()", """
    x.append(0)
    x.append(-1)
    x.append(2**31)
    x.append(-2**31)
    x.append(2**63 - 1)
    x.append(2**63)
    x.append(-2**63)
    x.append(10**30)
    x.append(0.1)
    x.append(1e16)
    x.append(1e-5)
    x.append(123456789012345678.0)
    x.append(-0.0)
    x.append(float('inf'))
    x.append(float('-inf'))
    x.append(float('nan'))
    x.append(5e-324)
    x.append(1.7976931348623157e308)
    x.append(1j)
    x.append(complex(-0.0, -1.5))
    x.append('')
    x.append("it's")
    x.append('say "x"')
    x.append('both \\' and "')
    x.append('line\\nbreak\\ttab\\rreturn\\x00nul\\x7f')
    x.append('back\\\\slash')
    x.append(u'\\xe9\\u20ac\\u4e2d') if not PY2 else None
    x.append(u'\\U0001f600') if not PY2 else None
    x.append(u'\\ud800') if not PY2 else None
    x.append(u'\\u200b\\xad\\u2028') if not PY2 else None
    x.append(b'bytes\\x00\\xff') if not PY2 else None
    x.append(b"it's") if not PY2 else None
    x.append(bytearray(b'xy'))
    x.append(())
    x.append((1,))
    x.append((1, (2, (3,))))
    x.append([])
    x.append([[1], [2, [3]]])
    x.append({})
    x.append({'a': {'b': [1]}})
    x.append(set())
    x.append(set([1]))
    x.append(frozenset())
    x.append(frozenset(['a']))
    x.append(None)
    x.append(True)
    x.append(False)
    x.append(Ellipsis) if not PY2 else None
    x.append(NotImplemented) if not PY2 else None
    x.append(slice(1, 2)) if not PY2 else None
    x.append(range(3)) if not PY2 else None
    x.append(range(1, 10, 3)) if not PY2 else None
    x.append(ValueError('wrong', 1)) if not PY2 else None
    x.append(KeyError()) if not PY2 else None
    x.append(int)
    x.append(len)
    list(x)
    x.index(2**63)
    x.count(0)
    x.count(False)
    (1,) in x
    set([1]) in x
    frozenset() in x
    {'a': {'b': [1]}} in x
    [[1], [2, [3]]] in x
    b'xy' in x if not PY2 else None
    int in x
""")

group("dict", "m.dict({'a': 1})", """
    len(x)
    x['b'] = 2
    x['c'] = [1]
    x['a']
    x['zz']
    x[(1, 2)]
    x[None]
    x[[1]]
    x[{}]
    x[(1, [2])]
    x[set()]
    x[[1]] = 1
    x[{}] = 1
    del x['b']
    del x['zz']
    del x[[1]]
    'a' in x
    'zz' in x
    [] in x
    x.get('a')
    x.get('zz')
    x.get('zz', 5)
    x.get()
    x.get([])
    x.setdefault('a', 9)
    x.setdefault('d', 9)
    x.setdefault('e')
    x.setdefault([])
    x.setdefault()
    sorted(x.keys())
    len(x.values())
    sorted(x.items(), key=str)
    type(x.keys()).__name__
    type(x.items()).__name__
    x.keys(1)
    x.update({'f': 6})
    x.update(g=7)
    x.update([('h', 8)])
    x.update((('i', 9), ['j', 10]))
    x.update({'k': 1}, l=2)
    x.update(['ab'])
    x.update(5)
    x.update([5])
    x.update([(1, 2, 3)])
    x.update([([], 1)])
    x.update({}, {})
    x.update()
    x.update('')
    x.pop('f')
    x.pop('zz')
    x.pop('zz', 'default')
    x.pop()
    x.pop([])
    sorted(x.copy().items(), key=str)
    sorted(x._getvalue().items(), key=str)
    x.clear()
    x.popitem()
    x.popitem(1)
    x['only'] = 1
    x.popitem()
    x.clear(1)
    x[1] = 'int'
    x[1.0] = 'float'
    x[True] = 'bool'
    x[1]
    x[0] = 'zero'
    x[False]
    x[-0.0]
    x[2**53] = 'big'
    x[float(2**53)]
    x[10**30] = 'bigger'
    x[10**30]
    x[1j * 0 + 1]
    x.clear()
    x[(1, 'a')] = 't'
    x[(1.0, 'a')]
    x.clear()
    x[frozenset([1, 2])] = 'f'
    x[frozenset([2, 1])]
    x.clear()
    x[None] = 0
    x[None]
    x.nothing()
    x == {}
    x != {}
""")

group("dict order", "m.dict()", """
    x.update([(i, i) for i in (5, 3, 9, 1)])
    list(x.keys())
    list(x.values())
    list(x.items())
    x.pop(3)
    x.__setitem__(3, 'again')
    x.__setitem__(5, 'kept')
    list(x)
    x.popitem()
    dict(x)
    list(iter(x))
    sum(1 for _ in x)
    it = iter(x)
    next(it)
    x['new'] = 1
    next(it)
    it = iter(x)
    [next(it) for _ in range(4)]
    next(it)
    next(it)
    next(it, 'default')
""", since=(3, 7))

group("dict made", "m.dict()", """
    str(m.dict())
    str(m.dict({'a': 1}))
    str(m.dict([('a', 1)]))
    str(m.dict(a=1))
    str(m.dict([('a', 1)], a=2))
    str(m.dict(m.dict({'a': 1}))) if not PY2 else None
    m.dict(5)
    m.dict([1])
    m.dict([(1, 2, 3)])
    m.dict({}, {})
    m.dict([([], 1)])
""")

group("Namespace", "m.Namespace()", """
    x.a = 1
    x.b = 'text'
    x.a
    x.nothing
    del x.a
    del x.a
    x._hidden = 5
    x._hidden
    x.b = [1, 2]
    x.b
    x.b.append(3)
    x.b
    x.c = None
    x.c
    x._callmethod('__getattribute__', ('c',))
    x._callmethod('__getattribute__', (1,))
    x._callmethod('__getattribute__', ())
    x._callmethod('__setattr__', ('d', 4))
    x._callmethod('__setattr__', (1, 4))
    x._callmethod('__delattr__', ('d',))
    x._callmethod('__delattr__', ('d',))
    x._callmethod('__getattribute__', ('__dict__',))
    x._callmethod('__getattribute__', ('__class__',)).__name__
    x._callmethod('nothing')
    str(m.Namespace(b=2, a='x', _c=3))
    str(m.Namespace(z=[1, (2,)], y={'k': 1.5}))
    type(x._getvalue()).__name__
    str(x._getvalue())
    m.Namespace(1)
""")

group("Value", "m.Value('i', 5)", """
    x.value
    x.get()
    x.value = 7
    x.get()
    x.set('text')
    x.value
    x.set([1, 2])
    x.value
    x.value = None
    x.value
    x.set()
    x.set(1, 2)
    x.get(1)
    x._callmethod('nothing')
    str(m.Value('d', 1.5))
    str(m.Value('zz', 'anything'))
    str(m.Value('i', 1, lock=False))
    str(m.Value('i', 0, True))
    m.Value('i')
    m.Value()
    m.Value('i', 0, 1, 2)
    type(x._getvalue()).__name__
""")

group("Array", "m.Array('i', [1, 2, 3])", """
    len(x)
    x[0]
    x[-1]
    x[3]
    x[-4]
    x['a']
    x[None]
    x[0] = 9
    x[-1] = 8
    x[3] = 1
    x[0] = 'a'
    x[0] = 1.5
    x[0] = 2**31
    x[0] = -2**31
    x[0] = -2**31 - 1
    x[0] = 2**70
    x[0] = None
    x[:]
    x[1:]
    x[::-1]
    x[0:0]
    x[1:2] = [1]
    x[::0]
    x[:] = x[::-1]
    x[0:1] = x[:]
    x[::2] = x[0:1]
    list(x)
    x.append(1)
    x._callmethod('append', (1,))
    x._getvalue()
    list(m.Array('i', range(3)))
    list(m.Array('i', (1, 2)))
    m.Array('i', 5)
    m.Array('?', [])
    m.Array('i', ['a'])
    m.Array('i', [2**40])
    m.Array('i')
    m.Array()
    str(m.Array('d', [1, 2.5]))
    str(m.Array('f', [0.1]))
    str(m.Array('b', [-128, 127]))
    str(m.Array('B', [0, 255]))
    str(m.Array('h', [-32768]))
    str(m.Array('H', [65535]))
    str(m.Array('I', [2**32 - 1]))
    str(m.Array('l', [-2**63]))
    str(m.Array('L', [2**64 - 1]))
    str(m.Array('q', [2**63 - 1])) if not PY2 else None
    str(m.Array('Q', [2**64 - 1])) if not PY2 else None
    str(m.Array('d', []))
    str(m.Array('d', [float('inf'), float('nan'), -0.0]))
    m.Array('b', [128])
    m.Array('b', [-129])
    m.Array('B', [256])
    m.Array('B', [-1])
    m.Array('h', [2**15])
    m.Array('H', [2**16])
    m.Array('I', [-1])
    m.Array('l', [2**63])
    m.Array('L', [-1])
    m.Array('d', ['a'])
""")

group("Queue", "m.Queue()", """
    x.empty()
    x.full()
    x.qsize()
    x.put(1)
    x.put('two', True)
    x.put([3], False)
    x.put((4,), True, 1)
    x.put(None, block=False)
    x.put({'a': 1}, timeout=1)
    x.put_nowait(7)
    x.put()
    x.put(1, 2, 3, 4)
    x.put_nowait()
    x.qsize()
    x.empty()
    x.get()
    x.get(True)
    x.get(False)
    x.get(True, 1)
    x.get(block=False)
    x.get(timeout=1)
    x.get_nowait()
    x.get_nowait()
    x.get(False)
    x.get(True, 0.01)
    x.get(timeout=0.01)
    x.get(timeout=0)
    x.get(timeout=-1)
    x.get(False, -1)
    x.get(timeout='a')
    x.get(1, 2, 3)
    x.get(nothing=1)
    x.put(1, timeout=-1)
    x.task_done()
    x.task_done(1)
    [x.task_done() for _ in range(6)]
    x.task_done()
    x.join()
    x.join(1)
    x._callmethod('nothing')
    x.nothing
    sorted(x._exposed_) if False else None
""", show=False)

group("Queue bounded", "m.Queue(2)", """
    x.put(1)
    x.put(2)
    x.full()
    x.put(3, False)
    x.put(3, True, 0.01)
    x.put(3, timeout=0)
    x.put(3, timeout=-1)
    x.put(3, timeout=-1, block=False)
    x.put_nowait(3)
    x.put(3, timeout='a')
    x.get()
    x.put(3)
    [x.get(), x.get()]
    m.Queue(maxsize=1).put(1)
    m.Queue(0).full()
    m.Queue(-1).full()
    m.Queue(1, 2)
    m.Queue(nothing=1)
""", show=False)

group("Queue shutdown", "m.Queue()", """
    x.put(1)
    x.shutdown()
    x.put(2)
    x.get()
    x.get()
    x.get_nowait()
    x.shutdown(immediate=True)
    x.shutdown(True)
    x.shutdown(1, 2)
""", show=False, since=(3, 13))

group("JoinableQueue", "m.JoinableQueue()", """
    x.put(1)
    x.put(2)
    x.get()
    x.task_done()
    x.get()
    x.task_done()
    x.join()
    x.task_done()
    x.get(False)
    x.qsize()
    m.JoinableQueue(1).full()
""", show=False)

group("Event", "m.Event()", """
    x.is_set()
    x.wait(0.01)
    x.wait(0)
    x.wait(-1)
    x.set()
    x.is_set()
    x.wait()
    x.wait(1)
    x.wait(None)
    x.set()
    x.clear()
    x.is_set()
    x.wait('a')
    x._callmethod('wait', (1, 2))
    x._callmethod('set', (1,))
    x._callmethod('is_set', (1,))
    x._callmethod('isSet')
    x._callmethod('nothing')
    m.Event(1)
""", show=False)

LOCK = """
    x.acquire()
    x.release()
    x.acquire(True)
    x.release()
    x.acquire(False)
    x.release()
    x.release()
    x._callmethod('acquire', (1, 2, 3))
    x._callmethod('release', (1, 2))
    x._callmethod('nothing')
    x.__enter__()
    x.__exit__(None, None, None)
"""
LOCK3 = """
    x.acquire(True, 1)
    other(lambda: x.acquire(False))
    other(lambda: x.acquire(True, 0.01))
    x.release()
    other(lambda: (x.acquire(True, 1), x.release())[0])
    x.acquire(False, 1)
    x.acquire(False, -1)
    x.acquire(True, -5)
    x.acquire(True, 10**15)
    x.acquire(True, 'a')
"""
group("Lock", "m.Lock()", LOCK, show=False)
group("Lock timeouts", "m.Lock()", LOCK3.replace("x.acquire(False, -1)", "(x.acquire(False, -1), x.release())"), show=False, since=(3, 6))
group("Lock of others", "m.Lock()", """
    x.acquire()
    other(x.release)
    x.acquire(False)
    x.acquire(False)
    other(lambda: x.acquire(False))
    x.release()
    x.release()
    m.Lock(1)
""", show=False)
group("RLock", "m.RLock()", LOCK, show=False, since=(3, 6))
group("RLock timeouts", "m.RLock()", LOCK3, show=False, since=(3, 6))
group("RLock recursion", "m.RLock()", """
    bool(x.acquire())
    bool(x.acquire())
    bool(x.acquire(False))
    bool(other(lambda: x.acquire(False)))
    other(x.release)
    x.release()
    bool(other(lambda: x.acquire(False)))
    x.release()
    x.release()
    x.release()
    bool(other(lambda: (x.acquire(False), x.release())[0]))
    m.RLock(1)
""", show=False)
group("Semaphore", "m.Semaphore(2)", """
    x.acquire()
    x.acquire(False)
    x.acquire(False)
    x.release()
    x.acquire()
    x.release()
    x.release()
    x.release()
    x.acquire(False)
    x.acquire(False)
    x.acquire(False)
    x.acquire(False)
    x._callmethod('nothing')
    x._callmethod('release', (1, 2))
    m.Semaphore(-1)
    m.Semaphore(1, 2)
    m.Semaphore().acquire(False)
    m.Semaphore(0).acquire(False)
    m.Semaphore(value=1).acquire(False)
""", show=False)
group("Semaphore timeouts", "m.Semaphore(0)", """
    x.acquire(True, 0.01)
    x.acquire(True, 0)
    x.acquire(True, -1)
    x.acquire(False, 1)
    x.acquire(True, 'a')
    x._callmethod('acquire', (), {'timeout': 0.01})
    x._callmethod('acquire', (), {'blocking': False})
    x._callmethod('acquire', (), {'nothing': False})
""", show=False, since=(3, 6))
group("Semaphore release n", "m.Semaphore(0)", """
    x._callmethod('release', (2,))
    x._callmethod('release', (0,))
    x._callmethod('release', (-1,))
    x._callmethod('release', (), {'n': 1})
    [x.acquire(False) for _ in range(4)]
""", show=False, since=(3, 9))
group("BoundedSemaphore", "m.BoundedSemaphore(1)", """
    x.release()
    x.acquire()
    x.acquire(False)
    x.release()
    x.release()
    m.BoundedSemaphore(-1)
    m.BoundedSemaphore().release()
    m.BoundedSemaphore(value=3).acquire()
""", show=False)
group("Condition", "m.Condition()", """
    x.wait(0.01)
    x.notify()
    x.notify_all()
    bool(x.acquire())
    x.notify()
    x.notify_all()
    x.wait(0.01)
    x.wait(0)
    bool(x.acquire())
    x.wait(0.01)
    bool(other(lambda: x.acquire(False)))
    x.release()
    x.release()
    x.release()
    x.notify()
    x._callmethod('nothing')
    x._callmethod('wait', (1, 2))
    x._callmethod('notify', (1, 2, 3))
    notified(x)
    x.wait('a')
    m.Condition(1, 2)
""", show=False)
group("Condition of a Lock", "m.Condition(m.Lock())", """
    x.acquire()
    x.wait(0.01)
    x.notify()
    x.release()
    x.release()
    x.notify()
""", show=False, since=(3, 9))
group("Condition wait_for", "m.Condition()", """
    x.acquire()
    x.wait_for(lambda: True)
    x.wait_for(lambda: False, 0.01)
    x.wait_for(lambda: 'found', 0.01)
    x.notify(0)
    x.notify(5)
    x.release()
""", show=False, since=(3, 7))
group("Barrier", "m.Barrier(1)", """
    x.parties
    x.n_waiting
    x.broken
    x.wait()
    x.wait(1)
    x.wait(None)
    x.abort()
    x.broken
    x.wait()
    x.reset()
    x.broken
    x.wait()
    x._callmethod('__getattribute__', ('nothing',))
    x._callmethod('__getattribute__', (1,))
    x._callmethod('nothing')
    m.Barrier()
    m.Barrier(2, None, 0.01).wait()
    m.Barrier(2, timeout=0.01).wait()
    m.Barrier(2).wait(0.01)
    m.Barrier(2).wait('a')
    sorted(together(m.Barrier(3), 3))
    m.Barrier(1, 2, 3, 4)
""", show=False, since=(3, 6))
group("Iterator", "iterator(iter([1, 2]))", """
    next(x)
    next(x)
    next(x)
    next(x, 'none')
    x.send(1)
    x.close()
    x.throw(ValueError)
    list(iterator(iter((1, 'a', None))))
    list(iterator(iter([])))
    list(iterator(iter(range(3))))
    m._create('Iterator')
    m._create('Iterator', 1, 2)
""", show=False, since=(3, 6))
group("nested", "m.list([m.list([1]), m.dict(a=1)])", """
    x[0].append(2)
    str(x[0])
    x[1]['b'] = 2
    x[1]['b']
    type(x[0]).__name__
    type(x[1]).__name__
    len(x)
    x[0][0]
    x[0][5]
    x[1]['zz']
    x.append(m.Namespace(v=1))
    x[2].v
    x.append(m.Value('i', 3))
    x[3].value
    x.append(m.Event())
    x[4].is_set()
    x.append(m.Lock())
    x[5].acquire(False)
    x[5].acquire(False)
    x[5].release()
    str(x[-1:])
    [type(v).__name__ for v in x[:]]
    x[0] in x
    x.count(x[0])
    x.pop(0)[0]
    str(m.list(m.list(range(3))))
    m.list([1]) + m.list([2])
    str(m.dict(m.list([(1, 2)])))
    x[0].update(m.dict(c=3))
    str(x[0])
""", show=False, since=(3, 6))
group("nested queue", "m.Queue()", """
    x.put(m.list([1, 2]))
    str(x.get())
    x.put(m.dict({1: m.list([3])}))
    str(x.get()[1])
    x.put((m.list([5]), 6))
    [str(v) for v in x.get()]
""", show=False, since=(3, 6))
group("server", "m.list()", """
    m.nothing
    m._create('nothing')
    m._create('list', 1, 2)
    x._callmethod('__class__')
    x._callmethod('__init__', (1,))
    x._callmethod('append', (1,), {'a': 2})
    x._callmethod('append', (), {'object': 2})
    x._callmethod('__len__', (1,))
    x._callmethod('__getitem__', ())
    x._callmethod('__getitem__', (0, 1))
    x._callmethod('__str__')
    x._callmethod('__repr__')
    x._callmethod('#GETVALUE')
    x._callmethod('')
    call(None, 'nothing')
    call(None, 'incref', ('nothing',))
    call(None, 'decref', ('nothing',))
    call(None, 'dummy')
    call(None, 'dummy', (1,))
    call(None, 'create')
    call(None, 'create', ('list',), {'a': 1})
    m.list().__class__.__name__
    type(m._debug_info()).__name__
    long = m.list(['long' * 30])
    [len(line) for line in m._debug_info().splitlines() if 'longlong' in line]
    long = m.list(['short'])
    [line for line in m._debug_info().splitlines() if 'short' in line]
    [line.split(long._token.id)[1] for line in m._debug_info().splitlines() if long._token.id in line]
""", show=False)


group("proxies of one's own", "custom.list([1, 2])", """
    x.push(3)
    x[2]
    len(x)
    type(x).__name__
    x.append(1)
    x._callmethod('pop')
    custom.dict({'a': 1}).get('a')
    custom.dict({'a': 1}).keys()
    custom.dict().__getitem__(5)
    type(custom.dict()).__name__
    custom.dict({'a': 1}).has_key('a') if PY2 else None
    custom.Event().is_set()
    type(custom.Event()).__name__
    custom.Event().wait(0)
    custom.Lock().acquire()
    custom.Lock().locked if sys.version_info < (3, 14) else None
    custom.Value('i', 7).get()
    custom.Namespace(a=1)._callmethod('__getattribute__', ('a',))
    hasattr(custom, 'NotMade')
    custom.nothing()
    custom.Queue().get_nowait()
    copy.copy(x).push(9)
    x._callmethod('__len__')
    type(copy.copy(x)).__name__
    copy.deepcopy(x)
    pickle.loads(pickle.dumps(x)).push(10)
    str(x)
""")
group("Array of characters", "m.Array('c' if PY2 else 'u', 'abc')", """
    x[:]
    x[0]
    x[-1]
    x[1:]
    x[0] = 'z'
    x[0] = 'zz'
    x[0] = 5
    x[0] = u'z' if PY2 else b'z'
    x[1:2] = array('c' if PY2 else 'u', 'xy')
    x[:]
    m.Array('c' if PY2 else 'u', ['a', 'b'])[:]
    m.Array('c' if PY2 else 'u', '')[:]
    m.Array('c' if PY2 else 'u', [1])
    m.Array('c' if PY2 else 'u', ['ab'])
    m.Array('c' if PY2 else 'u', 5)
    m.Array('c', bytearray(b'ab'))
    m.Array('c', 'a\\0\\xff')[:]
    m.Array('c', array('i', [65]))
    len(m.Array('c' if PY2 else 'u', x[:]))
    x[99]
""")

group("odd uses", "m.list([1, [2]])", """
    d = m.dict()
    d['a'] = [1, 2]
    d['a'].append(3)
    d['a']
    d['p'] = m.list()
    d['p'].append(1)
    d['p'][:] if not PY2 else None
    n = m.Namespace(a=1, _b=2)
    n._b
    n._callmethod('__getattribute__', ('_b',))
    n.a; hasattr(n, 'zz'), getattr(n, 'zz', 7)
    setattr(n, 'with space', 1)
    str(n)
    sorted(n._getvalue().__dict__.items())
    v = m.Value('d', 1.5)
    v.value += 2
    v.get()
    v.set(None)
    v.value
    m.Value('?', 'anything').get()
    a = m.Array('i', range(5))
    a[1:3] = array('i', [7, 8])
    a[-1] += 4
    list(a)
    a[::2]
    m.Array('b', b'abc')[:]
    m.Array('h', array('h', [1, 2]))[:]
    m.Array('w', [u'a', u'b'])[:] if sys.version_info >= (3, 13) or sys.version_info < (3, 12) and not PY2 else None
    m.Array('q', [1]) if PY2 else None
    m.Array('u', u'ab')[:]
    hasattr(x, 'iteritems')
    m.Barrier(1, None, 5).wait() if not PY2 else None
    jq = m.JoinableQueue()
    jq.task_done()
    x.append(ValueError('a', 1, [2])); x.pop().args
    x.append(OSError(2, 'No such', 'file')); x.pop().args
    x.append(UnicodeDecodeError('utf-8', b'abc', 0, 1, 'bad')); x.pop().args
    x.append(SyntaxError('bad', ('f', 1, 2, 'text'))); x.pop().args
    x.append(StopIteration(5)); x.pop().args
    x.append(SystemExit(3)); x.pop().args
    x.append(KeyboardInterrupt()); x.pop()
    x.append(10**5000); x.pop() == 10**5000
    x.append('x' * 3000000); len(x.pop())
    x.append(bytearray(b'q' * 300000)); len(x.pop())
    x.append(dict((i, str(i)) for i in range(50000))); len(x.pop())
    d[u'\ud800'] = 1
    d[u'\ud800']
    d[u'\udfff'] if not PY2 else None
    setattr(n, '\ud800', 1) if not PY2 else None
    m._create('\ud800') if not PY2 else None
    x == x, x != x, x == copy.copy(x), hash(x) == hash(x)
    bool(m.list()), bool(m.dict())
    m.list(v for v in range(3))
    dict(**m.dict(a=1))
    max(*m.list([1, 5]))
    [type(v).__name__ for v in copy.deepcopy(m.list([m.list([1]), m.dict()]))] if not PY2 else None
    m.__enter__() is m
    hasattr(m, 'shutdown')
    m.__exit__(None, None, None)
    threads(m, 100)
""", show=False)


# PyPy differs from CPython in many a corner, and older managers fail in some.
if platform.python_implementation() == "CPython":
    for corner in corners.GROUPS:
        group(*corner, since=(3, 9))
if client.newest:
    del GROUPS[:]
    for more in client.python314.GROUPS:
        group(*more)


class Pushes(client.managers.BaseProxy):
    """A proxy for lists as a program may write one."""

    _exposed_ = ("append", "__getitem__", "__len__", "pop", "__str__")

    def push(self, value):
        return self._callmethod("append", (value,))

    def __getitem__(self, i):
        return self._callmethod("__getitem__", (i,))

    def __len__(self):
        return self._callmethod("__len__")


class Custom(client.managers.SyncManager):
    """A manager with proxies of its own, or none, for the server's types."""


Custom.register("list", proxytype=Pushes)
Custom.register("dict", exposed=("__getitem__", "__setitem__", "keys", "get", "has_key"))
Custom.register("NotMade", create_method=False)
Custom.register("nothing")
for autoproxy in ("Event", "Lock", "Value", "Namespace", "Queue"):
    Custom.register(autoproxy)


def threads(manager, n):
    """Many threads of one client, each with a connection."""
    l, lock, wrong = manager.list(), manager.RLock(), []

    def run(i):
        try:
            with lock:
                with lock:
                    l.append(i)
        except Exception as e:
            wrong.append(e)

    all = [daemon(lambda i=i: run(i)) for i in range(n)]
    for thread in all:
        thread.start()
    for thread in all:
        thread.join(30)
    return sorted(l) == list(range(n)), wrong


def daemon(function):
    """A thread that does not hold the script up when it hangs."""
    thread = threading.Thread(target=function)
    thread.daemon = True
    return thread


def other(function):
    """Calls in another thread, which is another connection, and passes on how it ended."""
    got = []

    def run():
        try:
            got.append((function(), None))
        except Exception as e:
            got.append((None, e))

    thread = daemon(run)
    thread.start()
    thread.join(30)
    if not got:
        raise RuntimeError("the other thread hangs")
    value, error = got[0]
    if error is not None:
        raise error
    return value


def together(barrier, n):
    got = []
    threads = [daemon(lambda: got.append(barrier.wait(30))) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def notified(condition):
    """Waits in one thread until another, which can only get in while this one waits, notifies."""
    condition.acquire()

    def run():
        condition.acquire()
        condition.notify()
        condition.release()

    thread = daemon(run)
    thread.start()
    answer = condition.wait(30)
    thread.join(30)
    condition.release()
    return True if PY2 and answer is None else answer


def iterators(manager):
    """SyncManager has no method for the Iterators that its dicts make."""
    def iterator(values):
        token, exposed = manager._create("Iterator", values)
        return client.managers.IteratorProxy(token, "pickle", manager=manager, authkey=client.authkey(), exposed=exposed)

    return iterator


def caller(manager):
    """Asks the server itself, on a connection of its own as Python does."""
    def call(ident, name, args=(), kwds={}):
        conn = manager._Client(client.address(), authkey=client.authkey())
        try:
            return client.managers.dispatch(conn, ident, name, args, kwds)
        finally:
            conn.close()

    return call


def sender(manager):
    """Sends what no proxy would, and returns the kind of the answer."""

    def raw(request):
        conn = manager._Client(client.address(), authkey=client.authkey())
        try:
            conn.send(request)
            return conn.recv()[0]
        finally:
            conn.close()

    return raw


def text(value):
    s = repr(value)
    return s.decode("utf-8", "replace") if PY2 else s


def ended(error):
    name = type(error).__name__
    if name == "RemoteError":
        # What a traceback says is its last line; the lines above name the server's source.
        lines = [line for line in str(error).splitlines() if line.strip("- ")]
        return name, lines[-1].strip()
    return name, text(error.args)


def perform(line, scope):
    def hangs(*_):
        sys.stderr.write("no answer to %s\n" % line)
        os._exit(3)

    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(20)
    try:
        try:
            code = compile(line, "operation", "eval")
        except SyntaxError:
            exec(compile(line, "operation", "exec"), scope)
            return "value", "None"
        return "value", text(eval(code, scope))
    except Exception as e:
        return ended(e)
    finally:
        signal.alarm(0)


def main():
    m = client.connect()
    custom = client.connect(Custom)
    # A proxy that is collected while its manager's connection is in use closes it, if it is a copy of the
    # last one: CPython before 3.13.1 counts idents, not proxies. So we say when.
    gc.disable()
    wanted = sys.argv[1:]
    for name, make, show, since, lines in GROUPS:
        if sys.version_info < since or wanted and name not in wanted:
            continue
        scope = {"m": m, "custom": custom, "threads": threads, "copy": copy, "pickle": pickle, "sys": sys, "PY2": PY2, "other": other, "together": together, "notified": notified, "call": caller(m),
                 "raw": sender(m), "iterator": iterators(m), "decimal": decimal.Decimal, "fraction": fractions.Fraction,
                 "date": datetime.date, "uuid": lambda n: uuid.UUID(int=n), "od": collections.OrderedDict, "array": array.array}
        try:
            scope["x"] = eval(make, scope)
        except Exception as e:
            report(name, make, *ended(e))
            continue
        for number, line in enumerate(lines):
            kind, said = perform(line, scope)
            report(name, "%d: %s" % (number, line), kind, said)
            if show and "x" in scope:
                kind, said = perform("str(x)", scope)
                report(name, "%d: %s; str(x)" % (number, line), kind, said)
        scope.clear()
        gc.collect()


def report(group, operation, kind, said):
    print(json.dumps({"group": group, "op": operation, "kind": kind, "said": said}))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
