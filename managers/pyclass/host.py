# How a worker hosts objects. It is executed as the target of its process.
import importlib
import io
import itertools
import pickle
import queue
import threading
from traceback import format_exc

loads = pickle.loads
dumps = __import__(package + '.reduction', fromlist=['']).ForkingPickler.dumps
managers = __import__(package + '.managers', fromlist=[''])
WithTraceback = __import__(package + '.pool', fromlist=['']).ExceptionWithTraceback
sending = threading.Lock()
guard = threading.Lock()  # of what follows
by_key, by_id = {}, {}
proxied = itertools.count(-1, -1)  # keys of what methods returned as objects
shown = {'__str__': str, '__repr__': repr, '#GETVALUE': lambda value: value}


def answer(n, kind, value):
    try:
        body = dumps((n, kind, value), 4)
    except Exception:
        body = dumps((n, 'traceback', 'Unserializable message: %s\n' % format_exc()), 4)
    with sending:
        conn.send_bytes(body)


def recipe(typeid):
    """Return what BaseManager.register was told in Python: how an object is made,
    what it exposes, and the typeids of what its methods return as objects. Of
    Python's own types there are those that do not wait."""
    if typeid in ('Iterator', 'dict', 'list'):
        return managers.SyncManager._registry[typeid][:3]
    make = classes.get(typeid)
    return make, getattr(make, '_exposed_', None), getattr(make, '_method_to_typeid_', None)


class Hosted:
    """An object, how many keys it has, and the calls that wait for its thread."""

    def __init__(self):
        self.calls = queue.Queue()
        self.keys = 0

    def live(self, n, key, typeid, body):
        """Make the object and run its methods: the life of a thread."""
        try:
            args, kwds = loads(body)
            self.make(typeid, args, kwds)
        except BaseException:
            answer(n, 'traceback', format_exc())
            return
        hosted = self.keep(key)
        answer(n, 'created', self.exposed)
        if hosted is self:
            self.work()

    def make(self, typeid, args, kwds={}):
        make, exposed, self.returns = recipe(typeid)
        self.value = make(*args, **kwds) if make else args[0]
        self.exposed = tuple(exposed or managers.public_methods(self.value))
        self.returns = self.returns or {}
        self.exposed += tuple(name for name in self.returns if name not in self.exposed)

    def keep(self, key):
        """Give the object a key, and return who has it."""
        with guard:
            hosted = by_id.setdefault(id(self.value), self)
            hosted.keys += 1
            by_key[key] = hosted, self.returns
        return hosted

    def work(self):
        while True:
            call = self.calls.get()
            if call:
                self.call(*call)
                continue
            with guard:
                if not self.keys:
                    del by_id[id(self.value)]
                    return

    def call(self, n, name, plain, body, returns):
        try:
            args, kwds = loads(body)
        except BaseException:
            return answer(n, 'traceback', format_exc())
        try:
            if name in shown:
                return answer(n, 'return', shown[name](self.value))
            value = getattr(self.value, name)(*args, **kwds)
        except Exception as error:
            if name in shown:
                answer(n, 'traceback', format_exc())
            elif plain:
                answer(n, 'error', error)
            else:
                answer(n, 'error', WithTraceback(error, error.__traceback__.tb_next))
        except BaseException:  # SystemExit is for a process of its own
            answer(n, 'traceback', format_exc())
        else:
            if name in returns:
                host(n, returns[name], value)
            else:
                answer(n, 'return', value)


def host(n, typeid, value):
    """Answer with an object for what a method returned."""
    hosted = Hosted()
    try:
        hosted.make(typeid, (value,))
    except BaseException:
        return answer(n, 'traceback', format_exc())
    key = next(proxied)
    if hosted.keep(key) is hosted:
        threading.Thread(target=hosted.work, daemon=True).start()
    answer(n, 'proxy', (typeid, key, hosted.exposed))


def drop(key):
    with guard:
        hosted, _ = by_key.pop(key)
        hosted.keys -= 1
        if not hosted.keys:
            hosted.calls.put(None)


def find(name):
    module, _, path = name.partition(':')
    value = importlib.import_module(module)
    for part in path.split('.'):
        value = getattr(value, part)
    if not callable(value):
        raise TypeError('%s is no class, nor another callable' % name)
    return value


def listen():
    while True:
        try:
            message = conn.recv_bytes()
        except EOFError:
            return
        stream = io.BytesIO(message)
        n, op, key, name, plain = pickle.load(stream)
        body = memoryview(message)[stream.tell():]
        if op == 'create':
            threading.Thread(target=Hosted().live, args=(n, key, name, body), daemon=True).start()
        elif op == 'call':
            hosted, returns = by_key[key]
            hosted.calls.put((n, name, plain, body, returns))
        elif op == 'drop':
            drop(key)
        else:  # leave
            return


die_with(life)
try:
    classes = {typeid: find(name) for typeid, name in names.items()}
except Exception:
    answer(0, 'traceback', format_exc())
else:
    answer(0, 'ready', None)
    listen()
