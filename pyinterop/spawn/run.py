# Most children need no more than this, which costs each of them time to compile.
import os
import sys

process = __import__(package).current_process()
pid, end = os.getpid(), process._report.detach()
os.set_inheritable(end, False)


class Importer:
    """Waits for the program's first import of logging, which costs time too."""

    def find_spec(self, name, path=None, target=None):
        if name == 'logging':
            sys.meta_path.remove(self)
            exec(report, globals())
            return handing_on()


if 'logging' in sys.modules:
    exec(report, globals())
    hand_on(sys.modules['logging'])
else:
    sys.meta_path.insert(0, Importer())
try:
    type(process).run(process)
except BaseException as error:
    if not isinstance(error, SystemExit):
        try:
            exec(report, globals())
            tell(error)
        except Exception:
            pass  # stderr will have it
    raise
