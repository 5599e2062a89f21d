"""Teaches Python 3.13 what 3.14 does differently, which is not to be had here.

teach() has managers pickle with protocol 5, and expose what 3.14 exposes: more methods of lists, dicts and
locks, and sets. As a script's groups (see operations.py), GROUPS are operations on these.
"""
from multiprocessing import managers, reduction

LIST = ("__add__", "__contains__", "__delitem__", "__getitem__", "__imul__", "__len__", "__mul__", "__reversed__", "__rmul__",
        "__setitem__", "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort")
DICT = ("__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__", "__len__", "__or__", "__reversed__", "__ror__",
        "__setitem__", "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values")
SET = ("__and__", "__class_getitem__", "__contains__", "__ge__", "__gt__", "__iand__", "__ior__", "__isub__", "__iter__",
       "__ixor__", "__le__", "__len__", "__lt__", "__or__", "__rand__", "__ror__", "__rsub__", "__rxor__", "__sub__", "__xor__",
       "add", "clear", "copy", "difference", "difference_update", "discard", "intersection", "intersection_update",
       "isdisjoint", "issubset", "issuperset", "pop", "remove", "symmetric_difference", "symmetric_difference_update", "union",
       "update")


def proxy(name, base, exposed, in_place):
    """A proxy class whose in-place operators return the proxy."""
    made = managers.MakeProxyType("_Base" + name, exposed)
    made = type(name, (made,) if base is None else (base, made), {"_exposed_": exposed, "__module__": managers.__name__})
    for operator in in_place:
        setattr(made, operator, returning_self(operator))
    return made


def returning_self(operator):
    def method(self, value):
        self._callmethod(operator, (value,))
        return self

    return method


def locked(self):
    return self._callmethod("locked")


def teach():
    dumps = reduction.ForkingPickler.dumps.__func__
    reduction.ForkingPickler.dumps = classmethod(lambda cls, obj, protocol=5: dumps(cls, obj, protocol))
    managers.ListProxy = proxy("ListProxy", managers.ListProxy, LIST, ())
    managers.DictProxy = proxy("DictProxy", managers.DictProxy, DICT, ["__ior__"])
    managers.DictProxy._method_to_typeid_ = {"__iter__": "Iterator"}
    managers.SetProxy = proxy("SetProxy", None, SET, ["__ior__", "__iand__", "__ixor__", "__isub__"])
    managers.AcquirerProxy._exposed_ += ("locked",)
    managers.AcquirerProxy.locked = locked
    managers.SyncManager.register("list", list, managers.ListProxy)
    managers.SyncManager.register("dict", dict, managers.DictProxy)
    managers.SyncManager.register("set", set, managers.SetProxy)
    for typeid in ("Lock", "RLock", "Semaphore", "BoundedSemaphore"):
        managers.SyncManager.register(typeid, managers.SyncManager._registry[typeid][0], managers.AcquirerProxy)


GROUPS = [
    ("3.14 list", "m.list([3, 1, 2])", """
        x.copy()
        x.copy(1)
        x.clear(1)
        x.clear()
        x.clear()
        x.copy()
        x.extend([bytearray(b'ab'), {1}, b'', 2**70])
        x[0]
        type(x[0]).__name__
        x.count(bytearray(b'ab'))
        x.index({1})
        list(reversed(x))
        x += [None]
        x *= 2
        x.copy()[-1]
    """, True),
    ("3.14 dict", "m.dict({'a': 1, 'b': 2})", """
        x | {'c': 3}
        {'c': 3} | x
        x | {'a': 9}
        {'a': 9, 'z': 0} | x
        x | [('c', 3)]
        x | 5
        5 | x
        [1] | x
        x |= {'c': 3}
        x |= [('d', 4), ('a', 5)]
        x |= 5
        x |= [1]
        x |= {}
        list(reversed(x))
        x.fromkeys('ab')
        x.fromkeys([1, 2], 'v')
        x.fromkeys(5)
        x.fromkeys()
        x.fromkeys([[]])
        x.fromkeys({'k': 1}, None)
        x._callmethod('__reversed__', (1,))
        x._callmethod('__or__', ())
        x._callmethod('__ror__', ({}, {}))
        x._callmethod('__ior__', ({'q': bytearray(b'x')},))
        x['q']
        x | m.dict(z=1)
        x[b'b'] = {1, 2}
        x[b'b']
        x.copy()
        [k for k in x]
        x.clear()
    """, True),
    ("3.14 set", "m.set([1, 2])", """
        len(x)
        1 in x
        [] in x
        x.add(3)
        x.add(True)
        x.add([])
        x.add()
        x.discard(9)
        x.discard([])
        x.remove(9)
        x.remove([])
        x.remove(3)
        sorted(x)
        sorted(x | {5})
        sorted({5} | x)
        sorted(x & {1})
        sorted({1, 7} & x)
        sorted(x - {1})
        sorted({1, 7} - x)
        sorted(x ^ {1, 9})
        sorted({1, 9} ^ x)
        x | [5]
        x & 5
        x - [1]
        x ^ 'a'
        [5] | x
        5 - x
        x | frozenset([5])
        type(x | frozenset([5])).__name__
        x < {1, 2, 3}
        x <= {1, 2}
        x > {1}
        x >= {1, 2, 3}
        x < [1]
        x >= 5
        x == {1, 2}
        x |= {3}
        x &= {1, 2, 3}
        x ^= {3, 4}
        x -= {4}
        x |= [1]
        x -= 5
        sorted(x)
        sorted(x.union([8], (9,)))
        sorted(x.union())
        x.union(5)
        x.union([[]])
        sorted(x.intersection([1], {1: 2}))
        sorted(x.intersection())
        sorted(x.difference([1], [7]))
        sorted(x.symmetric_difference([1, 5]))
        x.symmetric_difference()
        x.symmetric_difference([1], [2])
        x.isdisjoint([7])
        x.isdisjoint([1])
        x.isdisjoint(5)
        x.issubset([1, 2, 3])
        x.issubset([1])
        x.issuperset([1])
        x.issuperset('a')
        x.update([5], {6: 7})
        x.update(5)
        x.update()
        sorted(x)
        x.intersection_update([1, 2, 5])
        x.difference_update([5], [9])
        x.symmetric_difference_update([2, 3])
        x.symmetric_difference_update()
        sorted(x)
        sorted(x.copy())
        type(x.copy()).__name__
        x.copy(1)
        sorted(x._getvalue())
        sorted(x._callmethod('__iter__'))
        x._callmethod('__rsub__', ({1, 9},))
        x._callmethod('__ror__', ([1],))
        x._callmethod('__and__', ())
        x._callmethod('__len__', (1,))
        x.clear(1)
        x.clear()
        str(x)
        x.pop()
        x.add('only')
        str(x)
        x.pop(1)
        x.pop()
        x.add(frozenset([1]))
        frozenset([1]) in x
        {1} in x
        x.remove({1})
        x.add((1, 'a'))
        x.add(1.0)
        1 in x
        str(m.set())
        str(m.set('aa'))
        m.set(5)
        m.set([[]])
        m.set(1, 2)
        sorted(m.set(m.list([1, 2])))
        sorted(m.set({1: 2}))
        x | m.set([1])
        x < x
    """, False),
    ("3.14 locks", "m.Lock()", """
        x.locked()
        x.acquire()
        x.locked()
        x._callmethod('locked', (1,))
        x.release()
        x.locked()
        m.Semaphore().locked()
    """, False),
    ("3.14 nested", "m.list([m.set([1]), m.dict(a=m.list([1]))])", """
        x[0].add(2)
        sorted(x[0])
        type(x[0]).__name__
        x[1]['a'].clear()
        x[1]['a'].copy()
        x[1] |= {'b': x[0]}
        sorted(x[1]['b'])
        x.copy()[0] | {5}
    """, False),
    ("3.14 queue", "m.Queue()", """
        x.put(bytearray(b'a'))
        x.get()
        x.put({1, 2})
        x.shutdown()
        x.put(1)
        x.get()
        x.get()
        x.shutdown(immediate=True)
    """, False),
]
