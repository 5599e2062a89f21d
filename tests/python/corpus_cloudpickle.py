"""Functions and classes as cloudpickle pickles them, by value."""
import pickle

import cloudpickle

import functions


def cases(Case, Beside):
    for name, value in list(functions.make().items()) + list(functions.make_more().items()):
        yield Case("cloudpickle: " + name, value, 2, cloudpickle.dumps, pickle.loads)
