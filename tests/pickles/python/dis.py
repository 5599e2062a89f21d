# -*- coding: utf-8 -*-
"""Reads a pickle in hexadecimal from each line of a file and writes, a line of
JSON for each, what pickletools.dis prints and what globals Unpickler asks for.
"""
import io
import json
import pickle
import pickletools
import sys


class Recorder(pickle._Unpickler):
    """Imports nothing: find_class returns a class that takes everything."""

    def __init__(self, data):
        pickle._Unpickler.__init__(self, io.BytesIO(data))
        self.asked = []

    def find_class(self, module, name):
        if [module, name] not in self.asked:
            self.asked.append([module, name])
        return Anything

    def persistent_load(self, pid):
        return Anything()


class Anything(dict):
    def __new__(cls, *args, **kwargs):
        return dict.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __setstate__(self, state):
        pass

    def __hash__(self):
        return id(self)

    def __call__(self, *args, **kwargs):
        return self

    add = append = extend = lambda self, value: None


for line in open(sys.argv[1]):
    data = bytes.fromhex(line.strip())
    answer = {}
    out = io.StringIO()
    try:
        pickletools.dis(data, out)
        answer["dis"] = out.getvalue()
    except Exception as e:
        answer["error"] = "%s: %s" % (type(e).__name__, e)
    recorder = Recorder(data)
    try:
        recorder.load()
        answer["globals"] = recorder.asked
    except Exception as e:
        answer["failed"] = "%s: %s" % (type(e).__name__, e)
    print(json.dumps(answer))
