"""Corner cases for operations.py: what a thorough reader of Python's documentation would try.

Each group is a name, an expression for x, lines, and whether str(x) is compared after each.
"""

GROUPS = []


def group(name, make, lines, show=True):
    GROUPS.append((name, make, lines, show))


group("list corners", "m.list([3, 1, 2])", """
    x == x
    x == [3,1,2]
    x != [3,1,2]
    x < [5]
    bool(x)
    bool(m.list())
    hash(x) == hash(x)
    repr(x)[:24]
    [type(x).__name__, x._token.typeid]
    x.__class__.__name__
    x._getvalue()
    __import__('copy').deepcopy(x)
    __import__('copy').copy(x)
    __import__('pickle').dumps(x)[:2]
    __import__('json').dumps(x._getvalue())
    max(x)
    sorted(x)
    sum(x)
    list(zip(x, x))
    list(map(str, x))
    list(enumerate(x))
    tuple(x)
    [*x]
    a, *b = x
    b
    x[-1:0:-1]
    x[True:False]
    x[1:2**70]
    x[-2**70:2**70]
    x[::2**70]
    x[::-2**70]
    x[0:3:2**70]
    x[2**70:0:-2**70]
    x[slice(None, None, None)]
    x[slice('a')]
    x[1.5:]
    x[:1.5]
    x[::1.5]
    x[...]
    x[()]
    x[1,2]
    x[True] = 5
    x.__setitem__(slice(0, 0), x)
    x.extend(x[:])
    x[0:1] = {'k': 1, 'j': 2}
    x[0:1] = 'ab'
    x[0:2] = b'ab'
    x[0:2] = bytearray(b'ab')
    x[0:2] = range(2)
    x[0:2] = {1,}
    x[0:2] = frozenset([7])
    x[::2] = 'ab'
    x[::-1] = x[:]
    x.insert(2**70, 1)
    x.insert(-2**70, 1)
    x.insert(True, 1)
    x.insert(None, 1)
    x.insert(1.5, 1)
    x.pop(2**70)
    x.pop(-2**70)
    x.pop(True)
    x.pop(None)
    x.index(1, 2, 3, 4)
    x.index()
    x.index(1, 'a')
    x.index(1, None)
    x.index(1, -2**70, 2**70)
    x.index(1, -1)
    x.index(1, 0, -100)
    x.index(1, True)
    x.index([])
    x.index('a'*100)
    x.index(1.5)
    x.remove(None)
    x.remove()
    x.count()
    x.count(1, 2)
    x * 2**70
    x * True
    x * None
    x * 'a'
    x *= 0
    x *= 2**70
    x.append(1)
    x *= 2**62
    x *= 2**70
    x *= 'a'
    x *= 1.5
    x *= None
    x *= -5
    x.append([1])
    x *= 3
    x += (1, 2)
    x += {'a': 1}
    x += None
    x += m.list([1])
    x + x
    x + m.list([1])
    x + 'a'
    x + 5
    [1] + x
    (1,) + x
    x * x
    5 * x[:1]
    x.extend(m.list([8, 9]))
    x.extend(m.Array('i', [1]))
    x.extend(m.Namespace())
    x.extend(m.Value('i', 1))
    x[:] = [3, 1, 2]
    x.sort(1)
    x.sort(None)
    x[:] = [3,1,2]
    x.sort(reverse=5)
    x.sort(reverse=0)
    x.sort(key=None, reverse=True)
    x._callmethod('sort', (), {'reverse': True, 'key': None})
    x._callmethod('sort', (1,), {'reverse': True})
    x._callmethod('__contains__', ())
    x._callmethod('__contains__', (1, 2))
    x._callmethod('__add__', ())
    x._callmethod('__mul__', ())
    x._callmethod('__rmul__', ('a',))
    x._callmethod('__imul__', ())
    x._callmethod('__imul__', (1.5,))
    x._callmethod('__setitem__', ())
    x._callmethod('__setitem__', (1,))
    x._callmethod('__setitem__', (1, 2, 3))
    x._callmethod('__delitem__', ())
    x._callmethod('__delitem__', (1, 2))
    x._callmethod('__reversed__', (1,))
    x._callmethod('__len__', (), {'a': 1})
    x._callmethod('__iter__', ())
    x._callmethod('__iadd__', ([1],))
    x._callmethod('__eq__', ([1],))
    x._callmethod('__str__', (1,))
    x._callmethod('__repr__', (1, 2, 3))
    x._callmethod('#GETVALUE', (1,))
    x._callmethod('__hash__')
    x._callmethod('__class__')
    x._callmethod('__getattribute__', ('append',))
    x._callmethod('__reduce_ex__', (2,))
    x._callmethod('append', [1])
    x._callmethod('append', (1,), {})
    x._callmethod(5)
    x._callmethod(b'append', (1,))
    x._callmethod(('append',), (1,))
""")

group("selfref", "m.list([1])", """
    x.append(x)
    len(x)
    str(x)[:30]
    x[1] is x
    x[1][1][1][0]
    x.count(x)
    x in x
    x.index(x)
    x.remove(x)
    x == x[1]
    x.pop()
    str(x)
""", show=False)

group("values deep", "m.list()", """
    str(m.list([[[]] * 3]))
    l = m.list([[[]] * 3, [[]] * 3]); l.count([[]] * 3)
    l.index([[]] * 3, 1)
    m.dict({1: [[]] * 3}).popitem()[1] == [[]] * 3
    d = m.dict(); d[[[]] * 3] = 1; d[[[]] * 3]
    l = [1]; l.append(l); x.append(l)
    d = {}; d['me'] = d; x.append(d)
    t = ([],); t[0].append(t); x.append(t)
    str(x[:])
    x.count(3)
    s = [1, 2]; x.append([s, s])
    v = x[-1]; v[0] is v[1]
    x.append(10**5000)
    x[-1] == 10**5000
    x.pop() == 10**5000
    str(m.list(['x' * 100000]))
    l = m.list(['x' * 100000, 'x' * 100000]); l.count('x' * 100000)
    l.index('x' * 100000, 1)
    m.dict({1: 'x' * 100000}).popitem()[1] == 'x' * 100000
    d = m.dict(); d['x' * 100000] = 1; d['x' * 100000]
    len(x.pop())
    str(m.list([b'x' * 100000]))
    l = m.list([b'x' * 100000, b'x' * 100000]); l.count(b'x' * 100000)
    l.index(b'x' * 100000, 1)
    m.dict({1: b'x' * 100000}).popitem()[1] == b'x' * 100000
    d = m.dict(); d[b'x' * 100000] = 1; d[b'x' * 100000]
    len(x.pop())
    str(m.list([{i: i for i in range(3000)}]))
    l = m.list([{i: i for i in range(3000)}, {i: i for i in range(3000)}]); l.count({i: i for i in range(3000)})
    l.index({i: i for i in range(3000)}, 1)
    m.dict({1: {i: i for i in range(3000)}}).popitem()[1] == {i: i for i in range(3000)}
    d = m.dict(); d[{i: i for i in range(3000)}] = 1; d[{i: i for i in range(3000)}]
    len(x.pop())
    str(m.list([tuple(range(300))]))
    l = m.list([tuple(range(300)), tuple(range(300))]); l.count(tuple(range(300)))
    l.index(tuple(range(300)), 1)
    m.dict({1: tuple(range(300))}).popitem()[1] == tuple(range(300))
    d = m.dict(); d[tuple(range(300))] = 1; d[tuple(range(300))]
    len(x.pop())
    str(m.list([frozenset(range(300))]))
    l = m.list([frozenset(range(300)), frozenset(range(300))]); l.count(frozenset(range(300)))
    l.index(frozenset(range(300)), 1)
    m.dict({1: frozenset(range(300))}).popitem()[1] == frozenset(range(300))
    d = m.dict(); d[frozenset(range(300))] = 1; d[frozenset(range(300))]
    x.pop() == frozenset(range(300))
    str(m.list([{1: {2: {3: (4, [5])}}}]))
    l = m.list([{1: {2: {3: (4, [5])}}}, {1: {2: {3: (4, [5])}}}]); l.count({1: {2: {3: (4, [5])}}})
    l.index({1: {2: {3: (4, [5])}}}, 1)
    m.dict({1: {1: {2: {3: (4, [5])}}}}).popitem()[1] == {1: {2: {3: (4, [5])}}}
    d = m.dict(); d[{1: {2: {3: (4, [5])}}}] = 1; d[{1: {2: {3: (4, [5])}}}]
    str(m.list([type('A', (), {})]))
    l = m.list([type('A', (), {}), type('A', (), {})]); l.count(type('A', (), {}))
    l.index(type('A', (), {}), 1)
    m.dict({1: type('A', (), {})}).popitem()[1] == type('A', (), {})
    d = m.dict(); d[type('A', (), {})] = 1; d[type('A', (), {})]
    str(m.list([lambda: 1]))
    l = m.list([lambda: 1, lambda: 1]); l.count(lambda: 1)
    l.index(lambda: 1, 1)
    m.dict({1: lambda: 1}).popitem()[1] == lambda: 1
    d = m.dict(); d[lambda: 1] = 1; d[lambda: 1]
    l = m.list([open, open]); l.count(open)
    l.index(open, 1)
    m.dict({1: open}).popitem()[1] == open
    d = m.dict(); d[open] = 1; d[open]
    str(m.list([dict]))
    l = m.list([dict, dict]); l.count(dict)
    l.index(dict, 1)
    m.dict({1: dict}).popitem()[1] == dict
    d = m.dict(); d[dict] = 1; d[dict]
    l = m.list([dict.fromkeys, dict.fromkeys]); l.count(dict.fromkeys)
    l.index(dict.fromkeys, 1)
    m.dict({1: dict.fromkeys}).popitem()[1] == dict.fromkeys
    d = m.dict(); d[dict.fromkeys] = 1; d[dict.fromkeys]
    l = m.list([[].append, [].append]); l.count([].append)
    m.dict({1: [].append}).popitem()[1] == [].append
    l = m.list(['abc'.upper, 'abc'.upper]); l.count('abc'.upper)
    m.dict({1: 'abc'.upper}).popitem()[1] == 'abc'.upper
    l = m.list([iter([1, 2]), iter([1, 2])]); l.count(iter([1, 2]))
    m.dict({1: iter([1, 2])}).popitem()[1] == iter([1, 2])
    l = m.list([iter((1, 2)), iter((1, 2))]); l.count(iter((1, 2)))
    m.dict({1: iter((1, 2))}).popitem()[1] == iter((1, 2))
    l = m.list([iter({1: 2}), iter({1: 2})]); l.count(iter({1: 2}))
    m.dict({1: iter({1: 2})}).popitem()[1] == iter({1: 2})
    l = m.list([iter('ab'), iter('ab')]); l.count(iter('ab'))
    m.dict({1: iter('ab')}).popitem()[1] == iter('ab')
    l = m.list([reversed([1, 2]), reversed([1, 2])]); l.count(reversed([1, 2]))
    m.dict({1: reversed([1, 2])}).popitem()[1] == reversed([1, 2])
    str(m.list([enumerate([1])]))
    l = m.list([enumerate([1]), enumerate([1])]); l.count(enumerate([1]))
    m.dict({1: enumerate([1])}).popitem()[1] == enumerate([1])
    str(m.list([zip([1], [2])]))
    l = m.list([zip([1], [2]), zip([1], [2])]); l.count(zip([1], [2]))
    m.dict({1: zip([1], [2])}).popitem()[1] == zip([1], [2])
    str(m.list([map(str, [1])]))
    l = m.list([map(str, [1]), map(str, [1])]); l.count(map(str, [1]))
    m.dict({1: map(str, [1])}).popitem()[1] == map(str, [1])
    str(m.list([memoryview(b'a')]))
    l = m.list([memoryview(b'a'), memoryview(b'a')]); l.count(memoryview(b'a'))
    l.index(memoryview(b'a'), 1)
    m.dict({1: memoryview(b'a')}).popitem()[1] == memoryview(b'a')
    d = m.dict(); d[memoryview(b'a')] = 1; d[memoryview(b'a')]
    str(m.list([{1: 2}.keys()]))
    l = m.list([{1: 2}.keys(), {1: 2}.keys()]); l.count({1: 2}.keys())
    l.index({1: 2}.keys(), 1)
    m.dict({1: {1: 2}.keys()}).popitem()[1] == {1: 2}.keys()
    d = m.dict(); d[{1: 2}.keys()] = 1; d[{1: 2}.keys()]
    str(m.list([{1: 2}.values()]))
    l = m.list([{1: 2}.values(), {1: 2}.values()]); l.count({1: 2}.values())
    l.index({1: 2}.values(), 1)
    m.dict({1: {1: 2}.values()}).popitem()[1] == {1: 2}.values()
    d = m.dict(); d[{1: 2}.values()] = 1; d[{1: 2}.values()]
    str(m.list([{1: 2}.items()]))
    l = m.list([{1: 2}.items(), {1: 2}.items()]); l.count({1: 2}.items())
    l.index({1: 2}.items(), 1)
    m.dict({1: {1: 2}.items()}).popitem()[1] == {1: 2}.items()
    d = m.dict(); d[{1: 2}.items()] = 1; d[{1: 2}.items()]
    str(m.list([__import__('array').array('d', [1.5])]))
    l = m.list([__import__('array').array('d', [1.5]), __import__('array').array('d', [1.5])]); l.count(__import__('array').array('d', [1.5]))
    l.index(__import__('array').array('d', [1.5]), 1)
    m.dict({1: __import__('array').array('d', [1.5])}).popitem()[1] == __import__('array').array('d', [1.5])
    d = m.dict(); d[__import__('array').array('d', [1.5])] = 1; d[__import__('array').array('d', [1.5])]
    str(m.list([__import__('decimal').Decimal('1.5')]))
    l = m.list([__import__('decimal').Decimal('1.5'), __import__('decimal').Decimal('1.5')]); l.count(__import__('decimal').Decimal('1.5'))
    l.index(__import__('decimal').Decimal('1.5'), 1)
    m.dict({1: __import__('decimal').Decimal('1.5')}).popitem()[1] == __import__('decimal').Decimal('1.5')
    d = m.dict(); d[__import__('decimal').Decimal('1.5')] = 1; d[__import__('decimal').Decimal('1.5')]
    str(m.list([__import__('fractions').Fraction(1, 3)]))
    l = m.list([__import__('fractions').Fraction(1, 3), __import__('fractions').Fraction(1, 3)]); l.count(__import__('fractions').Fraction(1, 3))
    l.index(__import__('fractions').Fraction(1, 3), 1)
    m.dict({1: __import__('fractions').Fraction(1, 3)}).popitem()[1] == __import__('fractions').Fraction(1, 3)
    d = m.dict(); d[__import__('fractions').Fraction(1, 3)] = 1; d[__import__('fractions').Fraction(1, 3)]
    str(m.list([__import__('datetime').date(2020, 1, 2)]))
    l = m.list([__import__('datetime').date(2020, 1, 2), __import__('datetime').date(2020, 1, 2)]); l.count(__import__('datetime').date(2020, 1, 2))
    l.index(__import__('datetime').date(2020, 1, 2), 1)
    m.dict({1: __import__('datetime').date(2020, 1, 2)}).popitem()[1] == __import__('datetime').date(2020, 1, 2)
    d = m.dict(); d[__import__('datetime').date(2020, 1, 2)] = 1; d[__import__('datetime').date(2020, 1, 2)]
    str(m.list([__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)]))
    l = m.list([__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6), __import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)]); l.count(__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6))
    l.index(__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6), 1)
    m.dict({1: __import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)}).popitem()[1] == __import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)
    d = m.dict(); d[__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)] = 1; d[__import__('datetime').datetime(2020, 1, 2, 3, 4, 5, 6)]
    str(m.list([__import__('datetime').timedelta(1, 2, 3)]))
    l = m.list([__import__('datetime').timedelta(1, 2, 3), __import__('datetime').timedelta(1, 2, 3)]); l.count(__import__('datetime').timedelta(1, 2, 3))
    l.index(__import__('datetime').timedelta(1, 2, 3), 1)
    m.dict({1: __import__('datetime').timedelta(1, 2, 3)}).popitem()[1] == __import__('datetime').timedelta(1, 2, 3)
    d = m.dict(); d[__import__('datetime').timedelta(1, 2, 3)] = 1; d[__import__('datetime').timedelta(1, 2, 3)]
    str(m.list([__import__('datetime').timezone.utc]))
    l = m.list([__import__('datetime').timezone.utc, __import__('datetime').timezone.utc]); l.count(__import__('datetime').timezone.utc)
    l.index(__import__('datetime').timezone.utc, 1)
    m.dict({1: __import__('datetime').timezone.utc}).popitem()[1] == __import__('datetime').timezone.utc
    d = m.dict(); d[__import__('datetime').timezone.utc] = 1; d[__import__('datetime').timezone.utc]
    str(m.list([__import__('datetime').time(1, 2)]))
    l = m.list([__import__('datetime').time(1, 2), __import__('datetime').time(1, 2)]); l.count(__import__('datetime').time(1, 2))
    l.index(__import__('datetime').time(1, 2), 1)
    m.dict({1: __import__('datetime').time(1, 2)}).popitem()[1] == __import__('datetime').time(1, 2)
    d = m.dict(); d[__import__('datetime').time(1, 2)] = 1; d[__import__('datetime').time(1, 2)]
    l = m.list([__import__('collections').OrderedDict([(1, 2)]), __import__('collections').OrderedDict([(1, 2)])]); l.count(__import__('collections').OrderedDict([(1, 2)]))
    l.index(__import__('collections').OrderedDict([(1, 2)]), 1)
    m.dict({1: __import__('collections').OrderedDict([(1, 2)])}).popitem()[1] == __import__('collections').OrderedDict([(1, 2)])
    d = m.dict(); d[__import__('collections').OrderedDict([(1, 2)])] = 1; d[__import__('collections').OrderedDict([(1, 2)])]
    str(m.list([__import__('collections').deque([1, 2], 5)]))
    l = m.list([__import__('collections').deque([1, 2], 5), __import__('collections').deque([1, 2], 5)]); l.count(__import__('collections').deque([1, 2], 5))
    l.index(__import__('collections').deque([1, 2], 5), 1)
    m.dict({1: __import__('collections').deque([1, 2], 5)}).popitem()[1] == __import__('collections').deque([1, 2], 5)
    d = m.dict(); d[__import__('collections').deque([1, 2], 5)] = 1; d[__import__('collections').deque([1, 2], 5)]
    str(m.list([__import__('collections').Counter('aab')]))
    l = m.list([__import__('collections').Counter('aab'), __import__('collections').Counter('aab')]); l.count(__import__('collections').Counter('aab'))
    l.index(__import__('collections').Counter('aab'), 1)
    m.dict({1: __import__('collections').Counter('aab')}).popitem()[1] == __import__('collections').Counter('aab')
    d = m.dict(); d[__import__('collections').Counter('aab')] = 1; d[__import__('collections').Counter('aab')]
    str(m.list([__import__('collections').defaultdict(list, {1: [2]})]))
    l = m.list([__import__('collections').defaultdict(list, {1: [2]}), __import__('collections').defaultdict(list, {1: [2]})]); l.count(__import__('collections').defaultdict(list, {1: [2]}))
    l.index(__import__('collections').defaultdict(list, {1: [2]}), 1)
    m.dict({1: __import__('collections').defaultdict(list, {1: [2]})}).popitem()[1] == __import__('collections').defaultdict(list, {1: [2]})
    d = m.dict(); d[__import__('collections').defaultdict(list, {1: [2]})] = 1; d[__import__('collections').defaultdict(list, {1: [2]})]
    str(m.list([__import__('uuid').UUID(int=5)]))
    l = m.list([__import__('uuid').UUID(int=5), __import__('uuid').UUID(int=5)]); l.count(__import__('uuid').UUID(int=5))
    l.index(__import__('uuid').UUID(int=5), 1)
    m.dict({1: __import__('uuid').UUID(int=5)}).popitem()[1] == __import__('uuid').UUID(int=5)
    d = m.dict(); d[__import__('uuid').UUID(int=5)] = 1; d[__import__('uuid').UUID(int=5)]
    str(m.list([__import__('pathlib').PurePosixPath('/a/b')]))
    l = m.list([__import__('pathlib').PurePosixPath('/a/b'), __import__('pathlib').PurePosixPath('/a/b')]); l.count(__import__('pathlib').PurePosixPath('/a/b'))
    l.index(__import__('pathlib').PurePosixPath('/a/b'), 1)
    m.dict({1: __import__('pathlib').PurePosixPath('/a/b')}).popitem()[1] == __import__('pathlib').PurePosixPath('/a/b')
    d = m.dict(); d[__import__('pathlib').PurePosixPath('/a/b')] = 1; d[__import__('pathlib').PurePosixPath('/a/b')]
    l = m.list([__import__('re').compile('a+'), __import__('re').compile('a+')]); l.count(__import__('re').compile('a+'))
    l.index(__import__('re').compile('a+'), 1)
    m.dict({1: __import__('re').compile('a+')}).popitem()[1] == __import__('re').compile('a+')
    d = m.dict(); d[__import__('re').compile('a+')] = 1; d[__import__('re').compile('a+')]
    str(m.list([__import__('types').SimpleNamespace(a=1)]))
    l = m.list([__import__('types').SimpleNamespace(a=1), __import__('types').SimpleNamespace(a=1)]); l.count(__import__('types').SimpleNamespace(a=1))
    l.index(__import__('types').SimpleNamespace(a=1), 1)
    m.dict({1: __import__('types').SimpleNamespace(a=1)}).popitem()[1] == __import__('types').SimpleNamespace(a=1)
    l = m.list([__import__('functools').partial(int, base=2), __import__('functools').partial(int, base=2)]); l.count(__import__('functools').partial(int, base=2))
    m.dict({1: __import__('functools').partial(int, base=2)}).popitem()[1] == __import__('functools').partial(int, base=2)
    l = m.list([__import__('operator').itemgetter(1), __import__('operator').itemgetter(1)]); l.count(__import__('operator').itemgetter(1))
    m.dict({1: __import__('operator').itemgetter(1)}).popitem()[1] == __import__('operator').itemgetter(1)
    str(m.list([__import__('enum').Enum('E', 'A B')]))
    l = m.list([__import__('enum').Enum('E', 'A B'), __import__('enum').Enum('E', 'A B')]); l.count(__import__('enum').Enum('E', 'A B'))
    l.index(__import__('enum').Enum('E', 'A B'), 1)
    m.dict({1: __import__('enum').Enum('E', 'A B')}).popitem()[1] == __import__('enum').Enum('E', 'A B')
    d = m.dict(); d[__import__('enum').Enum('E', 'A B')] = 1; d[__import__('enum').Enum('E', 'A B')]
    l = m.list([__import__('signal').SIGINT, __import__('signal').SIGINT]); l.count(__import__('signal').SIGINT)
    l.index(__import__('signal').SIGINT, 1)
    m.dict({1: __import__('signal').SIGINT}).popitem()[1] == __import__('signal').SIGINT
    d = m.dict(); d[__import__('signal').SIGINT] = 1; d[__import__('signal').SIGINT]
    l = m.list([__import__('socket').AF_INET, __import__('socket').AF_INET]); l.count(__import__('socket').AF_INET)
    l.index(__import__('socket').AF_INET, 1)
    m.dict({1: __import__('socket').AF_INET}).popitem()[1] == __import__('socket').AF_INET
    d = m.dict(); d[__import__('socket').AF_INET] = 1; d[__import__('socket').AF_INET]
    l = m.list([__import__('time').gmtime(0), __import__('time').gmtime(0)]); l.count(__import__('time').gmtime(0))
    l.index(__import__('time').gmtime(0), 1)
    m.dict({1: __import__('time').gmtime(0)}).popitem()[1] == __import__('time').gmtime(0)
    d = m.dict(); d[__import__('time').gmtime(0)] = 1; d[__import__('time').gmtime(0)]
    str(m.list([__import__('sys').version_info]))
    l = m.list([__import__('sys').version_info, __import__('sys').version_info]); l.count(__import__('sys').version_info)
    l.index(__import__('sys').version_info, 1)
    m.dict({1: __import__('sys').version_info}).popitem()[1] == __import__('sys').version_info
    d = m.dict(); d[__import__('sys').version_info] = 1; d[__import__('sys').version_info]
    l = m.list([__import__('os').stat_result(range(10)), __import__('os').stat_result(range(10))]); l.count(__import__('os').stat_result(range(10)))
    l.index(__import__('os').stat_result(range(10)), 1)
    m.dict({1: __import__('os').stat_result(range(10))}).popitem()[1] == __import__('os').stat_result(range(10))
    d = m.dict(); d[__import__('os').stat_result(range(10))] = 1; d[__import__('os').stat_result(range(10))]
    str(m.list([ValueError]))
    l = m.list([ValueError, ValueError]); l.count(ValueError)
    l.index(ValueError, 1)
    m.dict({1: ValueError}).popitem()[1] == ValueError
    d = m.dict(); d[ValueError] = 1; d[ValueError]
    str(m.list([ValueError('a', [1])]))
    l = m.list([ValueError('a', [1]), ValueError('a', [1])]); l.count(ValueError('a', [1]))
    m.dict({1: ValueError('a', [1])}).popitem()[1] == ValueError('a', [1])
    str(m.list([OSError(2, 'No such file', 'f')]))
    l = m.list([OSError(2, 'No such file', 'f'), OSError(2, 'No such file', 'f')]); l.count(OSError(2, 'No such file', 'f'))
    m.dict({1: OSError(2, 'No such file', 'f')}).popitem()[1] == OSError(2, 'No such file', 'f')
    str(m.list([KeyError('a')]))
    l = m.list([KeyError('a'), KeyError('a')]); l.count(KeyError('a'))
    m.dict({1: KeyError('a')}).popitem()[1] == KeyError('a')
    str(m.list([UnicodeDecodeError('ascii', b'x', 0, 1, 'bad')]))
    l = m.list([UnicodeDecodeError('ascii', b'x', 0, 1, 'bad'), UnicodeDecodeError('ascii', b'x', 0, 1, 'bad')]); l.count(UnicodeDecodeError('ascii', b'x', 0, 1, 'bad'))
    m.dict({1: UnicodeDecodeError('ascii', b'x', 0, 1, 'bad')}).popitem()[1] == UnicodeDecodeError('ascii', b'x', 0, 1, 'bad')
    str(m.list([StopIteration(5)]))
    l = m.list([StopIteration(5), StopIteration(5)]); l.count(StopIteration(5))
    m.dict({1: StopIteration(5)}).popitem()[1] == StopIteration(5)
    str(m.list([SystemExit(3)]))
    l = m.list([SystemExit(3), SystemExit(3)]); l.count(SystemExit(3))
    m.dict({1: SystemExit(3)}).popitem()[1] == SystemExit(3)
    str(m.list([SyntaxError('bad', ('f', 1, 2, 'text'))]))
    l = m.list([SyntaxError('bad', ('f', 1, 2, 'text')), SyntaxError('bad', ('f', 1, 2, 'text'))]); l.count(SyntaxError('bad', ('f', 1, 2, 'text')))
    m.dict({1: SyntaxError('bad', ('f', 1, 2, 'text'))}).popitem()[1] == SyntaxError('bad', ('f', 1, 2, 'text'))
    str(m.list([ImportError('a', name='b')]))
    l = m.list([ImportError('a', name='b'), ImportError('a', name='b')]); l.count(ImportError('a', name='b'))
    m.dict({1: ImportError('a', name='b')}).popitem()[1] == ImportError('a', name='b')
    str(m.list([AttributeError('a')]))
    l = m.list([AttributeError('a'), AttributeError('a')]); l.count(AttributeError('a'))
    m.dict({1: AttributeError('a')}).popitem()[1] == AttributeError('a')
    str(m.list([NameError('a')]))
    l = m.list([NameError('a'), NameError('a')]); l.count(NameError('a'))
    m.dict({1: NameError('a')}).popitem()[1] == NameError('a')
    str(m.list([type(None)]))
    l = m.list([type(None), type(None)]); l.count(type(None))
    l.index(type(None), 1)
    m.dict({1: type(None)}).popitem()[1] == type(None)
    d = m.dict(); d[type(None)] = 1; d[type(None)]
    str(m.list([type(...)]))
    l = m.list([type(...), type(...)]); l.count(type(...))
    l.index(type(...), 1)
    m.dict({1: type(...)}).popitem()[1] == type(...)
    d = m.dict(); d[type(...)] = 1; d[type(...)]
    l = m.list([int.from_bytes, int.from_bytes]); l.count(int.from_bytes)
    l.index(int.from_bytes, 1)
    m.dict({1: int.from_bytes}).popitem()[1] == int.from_bytes
    d = m.dict(); d[int.from_bytes] = 1; d[int.from_bytes]
    l = m.list([str.upper, str.upper]); l.count(str.upper)
    l.index(str.upper, 1)
    m.dict({1: str.upper}).popitem()[1] == str.upper
    d = m.dict(); d[str.upper] = 1; d[str.upper]
    str(m.list([print]))
    l = m.list([print, print]); l.count(print)
    l.index(print, 1)
    m.dict({1: print}).popitem()[1] == print
    d = m.dict(); d[print] = 1; d[print]
    str(m.list([classmethod]))
    l = m.list([classmethod, classmethod]); l.count(classmethod)
    l.index(classmethod, 1)
    m.dict({1: classmethod}).popitem()[1] == classmethod
    d = m.dict(); d[classmethod] = 1; d[classmethod]
    str(m.list([property]))
    l = m.list([property, property]); l.count(property)
    l.index(property, 1)
    m.dict({1: property}).popitem()[1] == property
    d = m.dict(); d[property] = 1; d[property]
    str(m.list([object()]))
    l = m.list([object(), object()]); l.count(object())
    m.dict({1: object()}).popitem()[1] == object()
    str(m.list([__import__('threading').Lock()]))
    l = m.list([__import__('threading').Lock(), __import__('threading').Lock()]); l.count(__import__('threading').Lock())
    l.index(__import__('threading').Lock(), 1)
    m.dict({1: __import__('threading').Lock()}).popitem()[1] == __import__('threading').Lock()
    d = m.dict(); d[__import__('threading').Lock()] = 1; d[__import__('threading').Lock()]
    [type(v).__name__ for v in x]
""", show=False)

group("dict corners", "m.dict({'a': 1})", """
    x == x
    bool(x)
    bool(m.dict())
    repr(x)[:24]
    __import__('copy').deepcopy(x)
    __import__('copy').copy(x)
    dict(x)
    {**x}
    sorted(x)
    list(x)
    max(x)
    'a' in x
    5 in x
    x.__contains__('a')
    x._callmethod('__contains__', ([],))
    x.update(x)
    x.update(x, b=5)
    x.update(m.dict({'q': 1}))
    x.update(m.list([(1, 2)]))
    x.update(m.list())
    x.update(m.Namespace(a=1))
    x.update([['a', 1], 'bc', (1, 2), {3: 1, 4: 2}])
    x.update([['a']])
    x.update(['a'])
    x.update('ab')
    x.update(None)
    x.update(1.5)
    x.update([None])
    x.update({5})
    x.update({(1, 2)})
    x.update(iter([(7, 8)]))
    x.update(zip('ab', 'cd'))
    x.update(enumerate('ab'))
    x.update(range(3))
    x.update(b'ab')
    x.update([b'ab'])
    x.update(1, 2)
    x.update(**{'a b': 1})
    x.update({}, **{'self': 1})
    x.update(self=2)
    x.get('a', 1, 2)
    x.get('nothing', default=5)
    x.get(k='a')
    x.pop('nothing', default=5)
    x.pop('nothing', None)
    x.pop('nothing', 1, 2)
    x.pop(1.5, [])
    x.pop({})
    x.setdefault('n', [1, 2])
    x.setdefault('n', 1, 2)
    x.setdefault(1, default=3)
    x.setdefault(float('nan'), 1)
    x.setdefault(float('nan'), 1)
    len(x)
    x.keys() == list(x.keys())
    x.values()
    x.items()
    x.copy()
    x.copy(1)
    x.clear()
    x.popitem()
    x[float('nan')] = 1
    n = float('nan'); x[n] = 2; x[n]
    x[(1, (2, (3, frozenset([4]))))] = 5
    x[(1.0, (2, (3, frozenset([4.0]))))]
    x[(1, [])] = 3
    x[(1, {})]
    x[set()] = 1
    x[bytearray(b'a')] = 1
    x[b'a'] = 1
    x['a'] = 2
    x[b'a']
    x[...] = 1
    x[...]
    x[NotImplemented] = 1
    x[int] = 1
    x[int]
    x[len] = 1
    x[len]
    x[range(3)] = 1
    x[range(3)]
    x[range(0, 3, 1)]
    x[range(0)] = 1
    x[range(5, 1)]
    x[1+0j] = 1
    x[1]
    x[2j] = 2
    x[2j]
    x[0] = 1
    x[0.0]
    x[-0.0]
    x[False]
    x[2**63] = 1
    x[2.0**63]
    x[-2**63] = 1
    x[-2.0**63]
    x[2**64 + 1] = 1
    x[float('inf')] = 1
    x[float('inf')]
    x[float('-inf')]
    x[''] = 1
    x['']
    x[b'']
    x[None]
    x['\\ud800'] = 1
    x['\\ud800']
    x['\\u00e9']
    x[decimal('1.5')] = 1
    x[decimal('1.5')]
    x[decimal('2.5')]
    x[fraction(1, 2)] = 'half'
    x[fraction(1, 2)]
    x[date(2020, 1, 2)] = 1
    x[date(2020, 1, 2)]
    x[date(2020, 1, 3)]
    x[uuid(5)] = 1
    x[uuid(5)]
    x[ValueError('a')] = 1
    x[od([(1, 2)])] = 1
    del x[(1, [])]
    del x[float('nan')]
    x.pop(n)
    m.dict(1)
    m.dict(None)
    m.dict('ab')
    m.dict(['ab', 'cd'])._getvalue()
    m.dict([1, 2])
    m.dict({}, a=1)._getvalue()
    m.dict(a=1, b=2)._getvalue()
    m.dict(m.dict(a=1))._getvalue()
    m.dict({'a': 1}, {'b': 2})
    m.dict(zip('ab', (1, 2)))._getvalue()
    m.dict(**{'a b': 1})._getvalue()
    m.dict(self=1)._getvalue()
    m.dict(typeid=1)._getvalue()
    m.list(sequence=[1])
    m.list(object=[1])
    m.list(iterable=[1])
    x._callmethod('__eq__', ({},))
    x._callmethod('__getitem__', ())
    x._callmethod('__setitem__', (1,))
    x._callmethod('__delitem__', ())
    x._callmethod('__len__', (1,))
    x._callmethod('get', (), {'key': 1})
    x._callmethod('keys', (), {'a': 1})
    x._callmethod('clear', (1,))
    x._callmethod('popitem', (1,))
    x._callmethod('update', (), {'a': 1})
    x._callmethod('update', ({},), {'a': 1})
    x._callmethod('__iter__', (1,))
""")

group("dict iterators", "m.dict({i: i for i in range(5)})", """
    it = iter(x)
    type(it).__name__
    it is iter(it)
    next(it)
    del x[0]
    next(it)
    next(it)
    it = iter(x)
    x[99] = 1
    next(it)
    it = iter(x)
    x[1] = 'other'
    next(it)
    del x[2]; x[2] = 2
    next(it)
    it._callmethod('__next__', (1,))
    it._callmethod('__length_hint__')
    it._callmethod('send', (1,))
    it._callmethod('__iter__')
    it.send(1)
    it.throw(ValueError)
    it.close()
    str(it)[:14]
    it = iter(x)
    x.clear()
    next(it)
    it = iter(x)
    next(it)
    x[1] = 1
    next(it)
    for k in x: x[k] = 5
    x._getvalue()
    for k in x: x[k + 1] = 5
    a = iter(x); b = iter(x)
    next(a); next(b)
    next(a)
    next(b)
    [k for k in x]
    list(zip(x, x))
""")

group("Namespace corners", "m.Namespace(a=1)", """
    x
    str(x)
    repr(x)[:18]
    x.a
    x.b
    hasattr(x, 'b')
    hasattr(x, 'a')
    getattr(x, 'b', 5)
    setattr(x, 'b', {})
    x.b['k'] = 1
    x.b
    x.__dict__ is None
    x._a
    x._callmethod('__getattribute__', ('_zz',))
    x._callmethod('__setattr__', ('_zz', 1))
    x._callmethod('__getattribute__', ('_zz',))
    str(x)
    x._callmethod('__delattr__', ('_zz',))
    x._callmethod('__setattr__', ('a',))
    x._callmethod('__setattr__', ())
    x._callmethod('__setattr__', (None, 1))
    x._callmethod('__delattr__', (None,))
    x._callmethod('__delattr__', ())
    x._callmethod('__delattr__', ('nothing',))
    x._callmethod('__getattribute__', (b'a',))
    x._callmethod('__getattribute__', ('a', 'b'))
    x._callmethod('__eq__', (1,))
    x.append
    setattr(x, u'\\xe9', 1)
    getattr(x, u'\\xe9')
    str(x)
    setattr(x, 'a b', 1)
    str(x)
    setattr(x, '', 1)
    str(x)
    getattr(x, '')
    x.self = x
    str(x)[:30]
    x.self.a
    del x.self
    x.z = [x.a, None]
    str(x)
    x == x
    m.Namespace(1)
    m.Namespace(a=1, a2=2)
    m.Namespace(**{'self': 1})
    m.Namespace({'a': 1})
    vars(x._getvalue())
    x._getvalue() == x._getvalue()
""")

group("Value corners", "m.Value('i', 5)", """
    x.value += 1
    x.value
    x
    repr(x)[:12]
    x.value = x
    x.get()
    x.set(x.get())
    x.value = 'a'
    m.Value(int, 5).value
    m.Value(None, None).value
    m.Value('i', 5, lock=True).value
    m.Value('i', value=5).value
    m.Value(typecode='i', value=5).value
    m.Value('i', 5, nothing=1)
    m.Value('i', 1, 2)
    m.Value('i', 1, 2, 3)
    x._callmethod('get', (), {'a': 1})
    x._callmethod('set', (), {'value': 9})
    x.get()
    x._callmethod('value')
    x._callmethod('__class__')
    str(x._getvalue())
    x._getvalue().value
    vars(x._getvalue())
""")

group("Array corners", "m.Array('i', [1, 2, 3])", """
    x
    x[0:2]
    x[::2]
    x[::-1]
    x[5:]
    x[True]
    x[2**70]
    x[1.5]
    x[None:None]
    x['a':]
    x[0] = True
    x[0] = 2.0
    x[0] = '1'
    x[0] = b'1'
    x[0] = 2**31 - 1
    x[0:2] = [1, 2]
    x[0:2] = (1, 2)
    x[0:2] = array('i', [7, 8])
    x[0:2] = array('d', [7, 8])
    x[0:2] = array('i', [7])
    x[0:0] = array('i', [5, 6])
    x[::2] = array('i', [1])
    x[::2] = array('i', [1, 2, 3])
    x[:] = array('i', [])
    len(x)
    x[0]
    x[2**70] = 1
    x['a'] = 1
    x._callmethod('__len__', (1,))
    x._callmethod('__getitem__', ())
    x._callmethod('__setitem__', (0,))
    x._callmethod('__iter__')
    x._callmethod('tolist')
    list(x)
    str(m.Array('u', 'abc'))
    m.Array('u', 'abc')[0]
    m.Array('u', ['a'])[:]
    m.Array('u', 5)
    m.Array('u', [1])
    m.Array('u', ['ab'])
    m.Array('i', 'abc')
    m.Array('b', b'abc')[:]
    m.Array('b', bytearray(b'abc'))[:]
    m.Array('i', b'abcd')[:]
    m.Array('B', b'abcd')[:]
    m.Array('i', b'abc')
    m.Array('i', array('i', [1]))[:]
    m.Array('d', array('i', [1]))[:]
    m.Array('i', array('d', [1]))[:]
    m.Array('i', {1: 2})[:]
    m.Array('i', {1})[:]
    m.Array('i', m.list([1, 2]))
    m.Array('i', None)
    m.Array(1, [1])
    m.Array('ii', [1])
    m.Array('', [1])
    m.Array(b'i', [1])
    m.Array('c', [1])
    m.Array('i', [1], True)[:]
    m.Array('i', [1], lock=False)[:]
    m.Array('i', sequence=[1])[:]
    m.Array(typecode='i', sequence=[1])[:]
    m.Array('i', [1], 1, 2)
    m.Array('d', [1, 'a'])
    m.Array('d', [None])
    m.Array('f', [1e300])[:]
    m.Array('f', [16777217])[:]
    m.Array('d', [10**400])
    m.Array('d', [10**30])[:]
    m.Array('d', [True])[:]
    m.Array('q', [2**63])
    m.Array('Q', [-1])
    m.Array('Q', [2**64])
    m.Array('L', [2**64])
    m.Array('h', [1.5])
    m.Array('h', ['a'])
    m.Array('h', [None])
    m.Array('B', [-1])
    m.Array('I', [2**32])
    m.Array('i', [1])._getvalue()
""")

group("Queue corners", "m.Queue(3)", """
    x.put(1, block=True)
    x.put(2, timeout=None)
    x.put(3, True, None)
    x.put(4, block=False, timeout=5)
    x.put(4, 0)
    x.put(4, None)
    x.put(4, [])
    x.put(4, timeout=0.001)
    x.put(4, timeout='a', block=True)
    x.put(4, timeout='a', block=False)
    x.put(4, timeout=[1])
    x.put(4, True, float('-inf'))
    x.put(item=5, block=False)
    x.put(5, item=5)
    x.put(5, timeout=1, nothing=2)
    x.get(block=0)
    x.get(0)
    x.get(None)
    x.get(False)
    x.get('')
    x.get(True, -0.5)
    x.get(True, -0.0)
    x.get(True, float('-inf'))
    x.get(True, [])
    x.get(True, None, None)
    x.get_nowait(1)
    x.put_nowait(1, 2)
    x.put_nowait(item=3)
    x.get_nowait()
    x.qsize(1)
    x.empty(1)
    x.full(1)
    x.join(timeout=1)
    x.maxsize
    x.mutex
    x._callmethod('maxsize')
    x._callmethod('__class__')
    x._callmethod('__len__')
    x._callmethod('_get')
    x._callmethod('#GETVALUE')
    str(x)[:20]
    m.Queue(1.5).full()
    m.Queue(2**70).full()
    m.Queue(-5).full()
    m.Queue(True).full()
    m.Queue(maxsize=2, nothing=1)
    x.task_done(nothing=1)
    x.put(None)
    x.get() is None
    x.put(ValueError('a'))
    x.get()
    x.put({1: [2, (3,)]})
    x.get()
""", show=False)

group("sync corners", "m.Semaphore(1)", """
    x.acquire(True)
    x.acquire(0)
    x.acquire(None)
    x.acquire([])
    x.acquire(blocking=False)
    x.acquire(True, 0.001)
    x.acquire(True, -5)
    x.acquire(timeout=0.001)
    x.acquire(False, None)
    x.acquire(False, 0)
    x.acquire(False, 0.0)
    x.release()
    x.release(0)
    x.release(-1)
    x.release('a')
    x.release(1.5)
    x.release(None)
    x._callmethod('release', ('a',))
    x._callmethod('release', (None,))
    x._callmethod('release', (), {'nothing': 1})
    x._callmethod('acquire', (), {'blocking': False, 'timeout': 3})
    x._callmethod('__enter__')
    x._callmethod('__exit__', (1, 2, 3))
    x._callmethod('_value')
    x._callmethod('locked')
    with x: y = 5
    str(x)[:12]
    m.Semaphore('a')
    m.Semaphore(None)
    m.Semaphore(True).acquire(False)
    m.BoundedSemaphore(0).release()
    m.BoundedSemaphore(0).acquire(False)
    m.BoundedSemaphore('a')
    m.BoundedSemaphore(2)._callmethod('release', (1,))
    m.BoundedSemaphore(2)._callmethod('release', (0,))
    b = m.BoundedSemaphore(2); b.acquire()
    b._callmethod('release', (2,))
    b._callmethod('release', (1,))
    b._callmethod('release', (-1,))
    b._callmethod('release', ('a',))
    m.Lock()._callmethod('__enter__')
    m.Lock()._callmethod('acquire', (), {'blocking': False})
    m.Lock()._callmethod('acquire', (), {'blocking': True, 'timeout': 1})
    m.Lock()._callmethod('acquire', (True, None))
    m.Lock()._callmethod('acquire', (True, float('inf')))
    m.Lock()._callmethod('acquire', (True, 1e300))
    m.Lock()._callmethod('acquire', (True, -1.0))
    m.Lock()._callmethod('acquire', (False, 0))
    m.Lock()._callmethod('acquire', (False, -1))
    m.Lock()._callmethod('acquire', (True, 0))
    m.Lock()._callmethod('acquire', (True, True))
    m.Lock()._callmethod('release', (), {'a': 1})
    m.Lock()._callmethod('acquire_lock')
    m.RLock()._callmethod('acquire', (), {'blocking': False})
    m.RLock()._callmethod('acquire', (True, None))
    m.RLock()._callmethod('acquire', (1, 2, 3))
    m.RLock()._callmethod('release', (1,))
    m.RLock()._callmethod('_is_owned')
    m.RLock(a=1)
    m.Event(a=1)
    m.Condition(lock=m.Lock()).acquire()
    m.Condition(5)
    m.Condition('a')
    m.Condition(m.Semaphore()).acquire()
    m.Condition(None).acquire()
    m.Condition(nothing=1)
    with m.Lock(): y = 7
    with m.RLock(): y = 8
    with m.Condition(): y = 9
    with m.Event(): y = 10
    y
""", show=False)

group("condition corners", "m.Condition()", """
    with x: x.notify()
    with x: x.notify(2)
    with x: x._callmethod('notify', (-1,))
    with x: x._callmethod('notify', (), {'n': 1})
    with x: x._callmethod('notify', (), {'m': 1})
    with x: x._callmethod('notify_all', (1,))
    with x: x._callmethod('notifyAll')
    with x: x._callmethod('wait', (0,))
    with x: x._callmethod('wait', (-1,))
    with x: x._callmethod('wait', (), {'timeout': 0.001})
    with x: x._callmethod('wait', ('a',))
    with x: x._callmethod('wait_for', (int, 0))
    with x: x._callmethod('wait', (None, 1))
    x._callmethod('__enter__')
    x.release()
    x.wait(0)
    x.wait_for(int, 0)
    str(x)[:12]
""", show=False)

group("event barrier corners", "m.Event()", """
    x.wait(0.0)
    x.wait([])
    x.wait(timeout=0.001)
    x._callmethod('wait', (), {'timeout': 0.001})
    x._callmethod('wait', (), {'nothing': 0.001})
    x._callmethod('clear', (1,))
    x._callmethod('__class__')
    x.set(); x.wait('a')
    str(x)[:12]
    m.Barrier(2, timeout=-1).wait()
    m.Barrier(2, timeout=0).wait()
    m.Barrier(2).wait(0)
    m.Barrier(2).wait(-1)
    m.Barrier(1).wait(timeout=0)
    m.Barrier(1).wait(0)
    m.Barrier(1).wait(1, 2)
    m.Barrier(1, nothing=1)
    m.Barrier(parties=1).wait()
    b = m.Barrier(1)
    b.parties = 5
    b._callmethod('__getattribute__', (None,))
    b._callmethod('__setattr__', ('a', 1))
    b._callmethod('abort', (1,))
    b._callmethod('reset', (1,))
    b.reset()
    b.broken
    b.abort(); b.abort()
    b.broken
    b.reset(); b.wait()
    str(b)[:12]
""", show=False)

group("iterator corners", "iterator(iter([1, 2, 3]))", """
    next(x)
    x._callmethod('__next__', (1,))
    x._callmethod('__iter__')
    x._callmethod('nothing')
    x._callmethod('#GETVALUE')
    str(x)[:14]
    list(x)
    list(x)
    list(iterator(iter('abc')))
    list(iterator(iter({1: 2})))
    list(iterator(iter((1, 2))))
    list(iterator(reversed([1, 2])))
    list(iterator(enumerate('ab')))
    list(iterator(zip('ab', 'cd')))
    list(iterator(iter(range(1, 9, 3))))
    list(iterator(iter(b'ab')))
    list(iterator(iter(bytearray(b'ab'))))
    list(iterator(iter(__import__('array').array('i', [1, 2]))))
    list(iterator(iter({1: 2}.items())))
    list(iterator(iter(frozenset([1]))))
    list(iterator([1, 2]))
    list(iterator(5))
    list(iterator('ab'))
    list(iterator(None))
    iterator(m.list([1]))
""", show=False)

group("nested corners", "m.list()", """
    x.append(m.dict())
    x[0]['a'] = m.list([1])
    x[0]['a'].append(2)
    x[0]['a']._getvalue()
    str(x[0]['a'])
    type(x[0]['a']).__name__
    x[0]['a'] == x[0]['a']
    x[0]['a'] is x[0]['a']
    x[0]['a']._token.id == x[0]['a']._token.id
    x.append({'deep': (m.Value('i', 1), [m.Namespace(z=1)])})
    x[1]['deep'][0].value
    x[1]['deep'][1][0].z
    x[1]['deep'][1][0].z = 5
    x[1]['deep'][1][0].z
    x.append(m.Queue())
    x[2].put('a')
    x[2].get()
    type(x[2]).__name__
    x.append(m.Array('i', [1]))
    x[3][0]
    x.append(m.Semaphore(1))
    x[4].acquire(False)
    x.append(m.Condition())
    with x[5]: y = x[5].notify()
    x.append(m.Barrier(1))
    x[6].wait()
    x.append(m.RLock())
    with x[7]: y = 3
    x.append(m.Event())
    x[8].set()
    x[8].is_set()
    x.append(iter(m.dict({1: 2})))
    next(x[9])
    next(x[9])
    len(x)
    x[0:3:2]
    str(x)[:25]
    [type(v).__name__ for v in x]
    list(x[0].keys())
    iter(x[0])
    list(iter(m.dict({1: m.list()})))
    x[0].copy()['a']._getvalue()
    x[0].popitem()[1]._getvalue()
    x[0].get('a')
    x[0].setdefault('a', m.list([9]))._getvalue()
    x[0].values()[0]._getvalue()
    d = m.dict({m.list(): 1})
    d = m.dict(); d[m.list([1])] = 2
    len(d)
    m.list([m.list([1])])[0][0]
    m.list(m.list([m.list([1])]))[0][0]
    m.list(m.list(m.list([1])))._getvalue()
    m.dict(m.dict(a=m.list([1])))['a'][0]
    m.list((m.list(), m.dict()))
    n = m.Namespace(l=m.list([1])); n.l[0]
    v = m.Value('i', m.list([1])); v.value[0]
    m.list([m.list()]) == m.list([m.list()])
    x[:] = [m.list([3]), m.list([1])]; x.sort()
    x.reverse()
    x[0]._getvalue()
    x.index(x[0])
    x.remove(x[0])
    x.pop()._getvalue()
    x.insert(0, m.list([4])); x[0][0]
    x.extend([m.list([5])]); x[-1][0]
    x += [m.list([6])]; x[-1][0]
    x *= 2
    x[0]._token.id == x[3]._token.id
    x.pop(0).append(5); x[2]._getvalue()
    q = m.Queue(); q.put(q); type(q.get()).__name__
    l = m.list(); l.append(l); l[0].append(1); len(l)
    str(l)[:10]
    l._getvalue()[0]._getvalue()[1]
    __import__('copy').deepcopy(l)[1]
    d = m.dict(); d['d'] = d; d['d']['d']['e'] = 5; d['e']
    other(lambda: x[0]._getvalue())
""", show=False)

group("server corners", "m.list()", """
    m._number_of_objects() > 0
    call(None, 'create', ('list', [1, 2]))[1]
    call(None, 'create', ('Lock',))[1]
    call(None, 'create', ('Namespace',))[1]
    call(None, 'create', ('Event',))[1]
    call(None, 'create', ('Condition',))[1]
    call(None, 'create', ('Barrier', 1))[1]
    call(None, 'create', ('Value', 'i', 1))[1]
    call(None, 'create', ('Array', 'i', []))[1]
    call(None, 'create', ('Semaphore',))[1]
    call(None, 'create', ('Iterator', iter([])))[1]
    call(None, 'create', (5,))
    call(None, 'create', (None,))
    call(None, 'create', ('list', 1, 2, 3))
    call(None, 'create', ('list',), {'typeid': 'dict'})
    call(None, 'create', ('PoolProxy',))
    call(None, 'number_of_objects', (1,))
    call(None, 'debug_info', (1,))
    call(None, 'get_methods', (5,))
    call(None, 'get_methods', ())
    sorted(call(None, 'get_methods', (x._token,)))
    call(None, 'incref', ())
    call(None, 'incref', (5,))
    call(None, 'incref', (x._token.id, 1))
    call(None, 'incref', (x._token.id,))
    call(None, 'decref', (x._token.id,))
    call(None, 'decref', (None,))
    call(None, 'accept_connection', ())
    call(None, 'accept_connection', ('a', 'b'))
    call(None, 'serve_forever', ())
    call(None, 'handle_request', ())
    call(None, '', ())
    call(None, None, ())
    call(None, 5, ())
    call(None, b'dummy', ())
    call(None, 'dummy', [])
    call(None, 'dummy', (), {'a': 1})
    raw((None, 'dummy', ()))
    raw(None)
    raw(5)
    raw('abcd')
    raw((x._token.id, 'append', (1,)))
    raw((1, 2, 3, 4))
    raw(())
    raw((None, 'dummy', (), {}, 5))
    raw((x._token.id, 'append', (5,), []))
    raw({'a': 1, 'b': 2, 'c': 3, 'd': 4})
""", show=False)
