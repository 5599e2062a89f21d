"""Functions and classes as cloudpickle pickles them, by value."""
import pickle

import cloudpickle

import functions


def cases(Case, Beside):
    for name, value in list(functions.make().items()) + list(functions.make_more().items()):
        least = functions.least(value, cloudpickle.dumps, pickle.loads)
        yield Case("cloudpickle: " + name, value, least, cloudpickle.dumps, pickle.loads)
