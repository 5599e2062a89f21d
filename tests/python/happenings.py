"""What a pickle has Python do, in its order: calls, states that are set, changes. Python 2.7 and 3."""
import io
import pickle

PY2 = str is bytes
Machine = pickle.Unpickler if PY2 else pickle._Unpickler


class Listener(Machine):
    """Python's own machine in Python, which notes what it does."""

    dispatch = {}

    def __init__(self, data):
        Machine.__init__(self, io.BytesIO(data))
        self.noted, self.before = [], []
        self.redone = False  # something led back to itself: it was made for that first, and then dropped

    def find_class(self, module, name):
        if (module, name) == ("__builtin__", "__main__"):
            return {}  # dill's word for the globals of the main module
        return Machine.find_class(self, module, name)

    def persistent_load(self, pid):
        return pid

    def above(self):
        """What lies above the last mark."""
        return self.stack[self.marker() + 1 :] if PY2 else list(self.stack)


def listener(opcode, load):
    def noted(self):
        if opcode in GETS and self.before[-2:] in DROPPED:
            self.redone = True
        self.before = self.before[-1:] + [opcode]
        if opcode in NOTES:
            self.noted += NOTES[opcode](self)
        load(self)

    return noted


def name(f):
    return getattr(f, "__name__", type(f).__name__)


def state(value):
    return sorted(map(str, value)) if isinstance(value, dict) else type(value).__name__


def kinds(what, values):
    return [(what, type(v).__name__) for v in values]


def keys(values):
    return [("key", str(k) if isinstance(k, str) else type(k).__name__) for k in values]


def calls(f, args):
    if f is bytearray or name(f) == "encode":
        return []  # Pythons have different words for bytes and bytearrays
    return [("call", name(f), len(args))]


NOTES = {
    pickle.REDUCE: lambda u: calls(u.stack[-2], u.stack[-1]),
    pickle.NEWOBJ: lambda u: [("new", name(u.stack[-2]), len(u.stack[-1]))],
    pickle.BUILD: lambda u: [("state", type(u.stack[-2]).__name__, state(u.stack[-1]))],
    pickle.APPEND: lambda u: kinds("append", u.stack[-1:]),
    pickle.APPENDS: lambda u: kinds("append", u.above()),
    pickle.SETITEM: lambda u: keys(u.stack[-2:-1]),
    pickle.SETITEMS: lambda u: keys(u.above()[::2]),
}
if not PY2:
    NOTES[pickle.NEWOBJ_EX] = lambda u: [("new", name(u.stack[-3]), len(u.stack[-2]), sorted(u.stack[-1]))]
    NOTES[pickle.ADDITEMS] = lambda u: kinds("add", u.above())

GETS = (pickle.GET, pickle.BINGET, pickle.LONG_BINGET)
DROPPED = ([pickle.REDUCE, pickle.POP], [pickle.NEWOBJ, pickle.POP])
for code, load in Machine.dispatch.items():
    opcode = code if PY2 else bytes([code])
    Listener.dispatch[code] = listener(opcode, load)


def happenings(data):
    """All that happens, up to the error that ends it, if one does."""
    listener = Listener(data)
    try:
        listener.load()
    except Exception as e:
        listener.noted.append((type(e).__name__,))
    return listener.noted, listener.redone


def same_order(data, through):
    """Raises AssertionError unless two pickles do the same in the same order."""
    before, redone = happenings(data)
    if redone:
        return  # what is made only to be dropped, brine does not make
    after, _ = happenings(through)
    if before != after:
        i = next((i for i, (a, b) in enumerate(zip(before, after)) if a != b), min(len(before), len(after)))
        raise AssertionError("instead of %r comes %r" % (before[i : i + 4], after[i : i + 4]))
