# How run.py reports what the program logs, and the exception that ends it.
dumps = sys.modules[package + '.reduction'].ForkingPickler.dumps


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


def handing_on():
    """How logging is imported so that it does."""
    from importlib.util import find_spec
    spec = find_spec('logging')
    load = spec.loader.exec_module

    def exec_module(module):
        load(module)
        hand_on(module)
    spec.loader.exec_module = exec_module
    return spec
