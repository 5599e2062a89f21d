"""Names for Go functions: here they only pickle."""


def _name(name):
    def function(*args, **kwargs):
        raise AssertionError(name + ' ran in Python')
    function.__name__ = function.__qualname__ = name
    globals()[name] = function


for _f in ('square', 'add', 'fail', 'wrap', 'boom', 'own', 'prepare', 'prepared', 'pid', 'sleep', 'die', 'echo', 'chan', 'who',
           'count', 'serve', 'orphan', 'leave', 'linger', 'log', 'place', 'daemon', 'parent', 'python', 'missing'):
    _name(_f)


class Namespace:
    @staticmethod
    def method(x):
        raise AssertionError
