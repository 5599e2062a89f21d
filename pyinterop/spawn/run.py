import os
import sys

process = __import__(package).current_process()
dumps = sys.modules[package + '.reduction'].ForkingPickler.dumps
pid, end = os.getpid(), process._report.detach()
os.set_inheritable(end, False)


def send(*message):
    data = bytes(dumps(message))
    data = len(data).to_bytes(4, 'big') + data
    while data:
        data = data[os.write(end, data):]


def plain(value):
    try:
        dumps(value)
        return value
    except Exception:
        return repr(value)


def full(cls):
    return cls.__module__ + '.' + cls.__qualname__


def tell(error):
    import traceback
    cls = type(error)
    text = ''.join(traceback.format_exception(cls, error, error.__traceback__.tb_next))
    args = error.__reduce__()[1] if isinstance(error, OSError) else error.args  # with the file's name
    send('exception', full(cls), tuple(map(plain, args)), text, [full(c) for c in cls.__mro__])


def hand_on(logging):
    """What the program gives no handler of its own goes to the parent."""
    class Handler(logging.Handler):
        def emit(self, record):
            try:
                text = self.format(record)
                if os.getpid() == pid:
                    send('log', record.levelno, record.name, text, record.created)
                else:  # forked: two may not write to one pipe
                    sys.stderr.write(text + '\n')
            except OSError:
                pass  # the parent is gone
            except Exception:
                self.handleError(record)

    logging.lastResort = Handler()
    logging.getLogger().setLevel(level)


class Importer:
    """Waits for the program's first import of logging, which costs time."""

    def find_spec(self, name, path=None, target=None):
        if name != 'logging':
            return None
        from importlib.util import find_spec
        sys.meta_path.remove(self)
        spec = find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            hand_on(module)
        spec.loader.exec_module = exec_module
        return spec


if 'logging' in sys.modules:
    hand_on(sys.modules['logging'])
else:
    sys.meta_path.insert(0, Importer())
try:
    type(process).run(process)
except BaseException as error:
    if not isinstance(error, SystemExit):
        try:
            tell(error)
        except Exception:
            pass  # stderr will have it
    raise
