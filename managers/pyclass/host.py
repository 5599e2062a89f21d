# How a worker hosts objects. It is executed as the target of its process.
import importlib
import io
import pickle
import queue
import threading
from traceback import format_exc

loads = pickle.loads
dumps = __import__(package + '.reduction', fromlist=['']).ForkingPickler.dumps
public_methods = __import__(package + '.managers', fromlist=['']).public_methods
WithTraceback = __import__(package + '.pool', fromlist=['']).ExceptionWithTraceback
sending = threading.Lock()
guard = threading.Lock()  # of what follows
by_key, by_id = {}, {}
shown = {'__str__': str, '__repr__': repr, '#GETVALUE': lambda value: value}


def answer(n, kind, value):
    try:
        body = dumps((n, kind, value), 4)
    except Exception:
        body = dumps((n, 'traceback', 'Unserializable message: %s\n' % format_exc()), 4)
    with sending:
        conn.send_bytes(body)


class Hosted:
    """An object, how many keys it has, and the calls that wait for its thread."""

    def __init__(self):
        self.calls = queue.Queue()
        self.keys = 0

    def live(self, n, key, typeid, body):
        """Make the object and run its methods: the life of a thread."""
        try:
            args, kwds = loads(body)
            make = classes[typeid]
            self.value = make(*args, **kwds)
            exposed = tuple(getattr(make, '_exposed_', None) or public_methods(self.value))
        except BaseException:
            answer(n, 'traceback', format_exc())
            return
        with guard:
            hosted = by_id.setdefault(id(self.value), self)
            hosted.keys += 1
            by_key[key] = hosted
        answer(n, 'created', exposed)
        while hosted is self:
            call = self.calls.get()
            if call:
                self.call(*call)
                continue
            with guard:
                if not self.keys:
                    del by_id[id(self.value)]
                    return

    def call(self, n, name, plain, body):
        try:
            args, kwds = loads(body)
        except BaseException:
            return answer(n, 'traceback', format_exc())
        try:
            if name in shown:
                answer(n, 'return', shown[name](self.value))
            else:
                answer(n, 'return', getattr(self.value, name)(*args, **kwds))
        except Exception as error:
            if name in shown:
                answer(n, 'traceback', format_exc())
            elif plain:
                answer(n, 'error', error)
            else:
                answer(n, 'error', WithTraceback(error, error.__traceback__.tb_next))
        except BaseException:  # SystemExit is for a process of its own
            answer(n, 'traceback', format_exc())


def drop(key):
    with guard:
        hosted = by_key.pop(key)
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
            by_key[key].calls.put((n, name, plain, body))
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
