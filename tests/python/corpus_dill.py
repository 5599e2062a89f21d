"""Functions and classes as dill pickles them, by value."""
import pickle

import dill

import functions


def cases(Case, Beside):
    for recurse in (False, True):
        for name, value in list(functions.make().items()) + list(functions.make_more().items()):
            case = by_value(Case, "dill%s: %s" % (", recursive" if recurse else "", name), value, recurse)
            try:
                case.dumps(value, 4)
            except (pickle.PicklingError, RecursionError):
                continue  # dill cannot do it
            yield case


def by_value(Case, name, value, recurse):
    def dumps(value, protocol):
        return dill.dumps(value, protocol, byref=False, recurse=recurse)

    least = functions.least(value, dumps, dill.loads)
    return Case(name, value, least, dumps, dill.loads)
